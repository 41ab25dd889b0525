/// One search for a path, depth first, with what is left of its limits.
///
/// A step is taken only behind a signature that was checked, so the limit of signatures bounds the steps too.
struct PathSearch {
    private let candidates: [Certificate]
    private let purpose: PathValidator.Purpose
    private let now: Int64
    private let trust: TrustStore
    private var signatureBudget = PathValidator.maximumSignatureCount
    private var comparisonBudget = PathValidator.maximumComparisonCount
    /// From the peer's certificate to the one whose issuer is being looked for.
    private var path: [Certificate] = []
    /// Why the first route failed that got as far as an issuer's name.
    private var failure: CertificateError?
    /// The issuer that is missing at the end of the longest route, and how long that is.
    private var missing: (name: DistinguishedName, count: Int)?

    init(chain: [Certificate], purpose: PathValidator.Purpose, now: Int64, trust: TrustStore) {
        candidates = Array(chain.dropFirst())
        self.purpose = purpose
        self.now = now
        self.trust = trust
    }

    /// Finds the path from `leaf`, which was checked by itself.
    mutating func run(_ leaf: Certificate) throws(CertificateError) -> CertificatePath {
        path = [leaf]
        if let anchor = try search(leaf) { return CertificatePath(certificates: path, anchor: anchor) }
        throw failure ?? .unknownIssuer((missing?.name ?? leaf.issuer).description)
    }

    /// Completes the path behind its last certificate, `last`; when it cannot, `path` is as it was.
    private mutating func search(_ last: Certificate) throws(CertificateError) -> TrustAnchor? {
        for anchor in preferred(trust.anchors(of: last.issuer), last, \.subjectKeyIdentifier) {
            do {
                try check(anchor, last)
                return anchor
            } catch {
                try note(error)
            }
        }
        guard path.count < PathValidator.maximumPathCount else {
            failure = failure ?? .tooMuchWork
            return nil
        }
        let issuers = candidates.filter { $0.subject == last.issuer && !isInPath($0) }
        for issuer in preferred(issuers, last, \.subjectKeyIdentifier) {
            do {
                try check(issuer, last)
            } catch {
                try note(error)
                continue
            }
            path.append(issuer)
            if let anchor = try search(issuer) { return anchor }
            path.removeLast()
        }
        if issuers.isEmpty, path.count > missing?.count ?? 0 { missing = (last.issuer, path.count) }
        return nil
    }

    /// Keeps the first failure of a route; work without end is no failure of one route.
    private mutating func note(_ error: CertificateError) throws(CertificateError) {
        if error == .tooMuchWork { throw error }
        failure = failure ?? error
    }

    /// A path that holds one subject's key twice goes in a circle (RFC 4158 section 5.2).
    private func isInPath(_ certificate: Certificate) -> Bool {
        path.contains {
            $0.subject == certificate.subject && $0.subjectPublicKeyInfo == certificate.subjectPublicKeyInfo
        }
    }

    /// Those first whose key identifier is the one that `certificate` names.
    private func preferred<Issuer>(
        _ issuers: [Issuer], _ certificate: Certificate, _ identifier: (Issuer) -> [UInt8]?
    ) -> [Issuer] {
        guard issuers.count > 1, let wanted = certificate.authorityKeyIdentifier else { return issuers }
        return issuers.filter { identifier($0) == wanted } + issuers.filter { identifier($0) != wanted }
    }

    /// Whether `anchor` may end the path.
    private mutating func check(_ anchor: TrustAnchor, _ last: Certificate) throws(CertificateError) {
        var name: String { anchor.subject.description }
        guard anchor.onlyFingerprint == nil else { throw .notAuthority(name) }
        guard !trust.isDenied(anchor.subjectPublicKeyInfo) else { throw .denied(name) }
        if let length = anchor.pathLength, authorityCount > length { throw .pathLength(name) }
        guard PathValidator.allows(anchor.extendedKeyUsages, purpose) else { throw .extendedKeyUsage(name) }
        try checkSignature(last, by: anchor.publicKey)
        try checkNames(anchor.nameConstraints)
    }

    /// Whether `issuer`, which has the right name, may have issued `last`; what costs most comes last.
    private mutating func check(_ issuer: Certificate, _ last: Certificate) throws(CertificateError) {
        var name: String { issuer.subject.description }
        guard !trust.isDenied(issuer.subjectPublicKeyInfo) else { throw .denied(name) }
        try PathValidator.checkValidity(issuer, at: now)
        if let id = issuer.read.unknownCritical { throw .criticalExtension(id.description) }
        // Only version 3 can say it (section 6.1.4, k).
        guard let constraints = issuer.basicConstraints, constraints.isAuthority else { throw .notAuthority(name) }
        if let length = constraints.pathLength, authorityCount > length { throw .pathLength(name) }
        if let usage = issuer.keyUsage, !usage.contains(.keyCertSign) { throw .keyUsage(name) }
        guard PathValidator.allows(issuer.extendedKeyUsages, purpose) else { throw .extendedKeyUsage(name) }
        try checkSignature(last, by: issuer.publicKey)
        try checkNames(issuer.nameConstraints)
    }

    /// The authorities in the path so far that are not certified under their own name (section 6.1.4, l).
    private var authorityCount: Int { path.dropFirst().count { !$0.isSelfIssued } }

    private mutating func checkSignature(
        _ certificate: Certificate, by key: PublicKey
    ) throws(CertificateError) {
        guard signatureBudget > 0 else { throw .tooMuchWork }
        signatureBudget -= 1
        try certificate.checkSignature(by: key)
    }

    /// Whether every name below allows the constraints of an authority (section 6.1.3, b and c).
    private mutating func checkNames(_ constraints: NameConstraints?) throws(CertificateError) {
        guard let constraints else { return }
        for (index, certificate) in path.enumerated() where index == 0 || !certificate.isSelfIssued {
            for name in certificate.constrainedNames {
                let isAllowed = constraints.allows(name, budget: &comparisonBudget)
                guard comparisonBudget >= 0 else { throw .tooMuchWork }
                guard isAllowed else { throw .nameConstraint(name.description) }
            }
        }
    }
}
