/// Finds a path from a peer's certificate to a trust anchor and validates it (RFC 5280 section 6, RFC 4158).
///
/// No revocation is asked for; ``TrustStore/deniedKeys`` stops single keys. Policies are not processed: none is demanded.
public enum PathValidator {
    /// What the peer's certificate must be for.
    public enum Purpose: Sendable {
        /// It stands for a server, and we are its client.
        case server
        /// It stands for a client, and we are its server.
        case client

        /// Its purpose among the extended key usages.
        var usage: OID {
            switch self {
            case .server: .serverAuthentication
            case .client: .clientAuthentication
            }
        }
    }

    /// The most certificates that a peer may send.
    public static let maximumChainCount = 16
    /// The most certificates in a path, the anchor not counted.
    public static let maximumPathCount = 8
    /// The most signatures that are checked for one chain.
    public static let maximumSignatureCount = 100
    /// The most comparisons of names with constraints for one chain.
    static let maximumComparisonCount = 250_000

    /// Validates a chain.
    ///
    /// The certificates behind the first may come in any order, more than once, and with others among them: every route
    /// from name to name is tried until one holds, within the limits above.
    ///
    /// - Parameters:
    ///   - chain: What the peer sent, its own certificate first.
    ///   - name: Whom it must name among its alternative names; nil when that does not matter. The common name never
    ///     counts.
    ///   - now: Seconds since 1970.
    /// - Throws: ``CertificateError``; when several routes fail, that of the first that got further than an unknown
    ///   issuer.
    public static func validate(
        chain: [Certificate], name: ServerName?, purpose: Purpose, at now: Int64, trust: TrustStore
    ) throws(CertificateError) -> CertificatePath {
        guard let leaf = chain.first else { throw .emptyChain }
        guard chain.count <= maximumChainCount else { throw .tooMuchWork }
        try checkLeaf(leaf, name: name, purpose: purpose, at: now, trust: trust)
        for anchor in trust.anchors(of: leaf.subject)
        where anchor.onlyFingerprint != nil && anchor.onlyFingerprint == leaf.fingerprint {
            return CertificatePath(certificates: [leaf], anchor: anchor)
        }
        var search = PathSearch(chain: chain, purpose: purpose, now: now, trust: trust)
        return try search.run(leaf)
    }

    /// What concerns the peer's certificate alone.
    private static func checkLeaf(
        _ leaf: Certificate, name: ServerName?, purpose: Purpose, at now: Int64, trust: TrustStore
    ) throws(CertificateError) {
        try checkValidity(leaf, at: now)
        if let id = leaf.read.unknownCritical { throw .criticalExtension(id.description) }
        if case .unsupported(let name) = leaf.publicKey { throw .unsupportedAlgorithm(name) }
        guard !trust.isDenied(leaf.subjectPublicKeyInfo) else { throw .denied(leaf.subject.description) }
        if let name {
            let names = leaf.subjectAlternativeNames ?? []
            guard name.matches(names) else {
                throw .nameMismatch(wanted: name.description, names: names.prefix(8).map(\.description))
            }
        }
        // Every suite signs the handshake with this key (RFC 8446 section 4.4.2.2).
        if let usage = leaf.keyUsage, !usage.contains(.digitalSignature) { throw .keyUsage(leaf.subject.description) }
        guard allows(leaf.extendedKeyUsages, purpose) else { throw .extendedKeyUsage(leaf.subject.description) }
    }

    static func checkValidity(_ certificate: Certificate, at now: Int64) throws(CertificateError) {
        guard now >= certificate.notBefore else {
            throw .notYetValid(subject: certificate.subject.description, notBefore: certificate.notBefore)
        }
        guard now <= certificate.notAfter else {
            throw .expired(subject: certificate.subject.description, notAfter: certificate.notAfter)
        }
    }

    /// Whether extended key usages, where there are any, allow `purpose`.
    static func allows(_ usages: [OID]?, _ purpose: Purpose) -> Bool {
        guard let usages else { return true }
        return usages.contains(purpose.usage) || usages.contains(.anyPurpose)
    }
}
