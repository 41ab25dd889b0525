import Crypto
public import X509

/// A certificate with its key, for a server.
public struct Identity: Sendable {
    /// The certificates (DER), the leaf first, as they are sent.
    public let chain: [[UInt8]]
    /// The leaf's key.
    public let key: PrivateKey
    /// The host names it is chosen for, lower-case; `*.` stands for one label.
    public let names: [String]
    /// When the leaf expires, in seconds since 1970; no session lasts longer.
    public let validUntil: Int64
    /// SHA-256 of the leaf.
    let leafHash: [UInt8]

    /// - Parameter chain: The leaf first, then those that certify each other up to the anchor, which is left out.
    /// - Throws: ``CertificateError``: ``CertificateError/emptyChain``, or ``CertificateError/invalidKey`` for a key that
    ///   is not the leaf's.
    public init(chain: [Certificate], key: PrivateKey) throws(CertificateError) {
        guard let leaf = chain.first else { throw .emptyChain }
        guard key.belongs(to: leaf) else { throw .invalidKey }
        let names = (leaf.subjectAlternativeNames ?? []).compactMap { name in
            if case .dns(let host) = name { host.lowercased() } else { nil }
        }
        self.init(chain: chain.map(\.der), key: key, names: names, validUntil: leaf.notAfter)
    }

    /// - Parameter chain: At least the leaf.
    init(chain: [[UInt8]], key: PrivateKey, names: [String], validUntil: Int64) {
        precondition(!chain.isEmpty, "an identity has a certificate")
        self.chain = chain
        self.key = key
        self.names = names
        self.validUntil = validUntil
        leafHash = SHA256.hash(chain[0])
    }

    /// Whether it is meant for `host`, which is lower-case.
    func isNamed(_ host: String) -> Bool {
        if names.contains(host) { return true }
        guard let dot = host.firstIndex(of: "."), dot > host.startIndex else { return false }
        return names.contains("*" + host[dot...])
    }

    /// The first scheme that the key can sign with and the client accepts.
    func scheme(_ version: ProtocolVersion, accepted: [UInt16]) -> SignatureScheme? {
        key.schemes.first { accepted.contains($0.rawValue) && (version == .tls12 || $0.isAllowedInTLS13) }
    }
}
