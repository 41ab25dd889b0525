public import X509

/// How a client connects. A value: changes reach connections that begin afterwards.
public struct ClientConfiguration: Sendable {
    /// The application protocols to offer, the best first.
    public var applicationProtocols: [String]
    public var minimumVersion: ProtocolVersion = .tls12
    public var maximumVersion: ProtocolVersion = .tls13
    /// The suites to offer, the best first.
    public var cipherSuites: [CipherSuite] = CipherSuite.preferred
    /// The groups to offer, the best first.
    public var groups: [NamedGroup] = NamedGroup.preferred
    /// For which of the groups a key is sent at once; a server that wants another asks for a second hello.
    public var keyShareGroups: [NamedGroup] = NamedGroup.preferred
    let verifier: CertificateVerifier
    /// How many records are sealed under one key before it is changed, in TLS 1.3 (RFC 8446 section 5.5).
    var recordsPerKey: UInt64 = 1 << 24 - 1

    /// What signatures are accepted of servers and in their chains, the best first.
    static let signatureSchemes: [SignatureScheme] = [
        .ecdsaP256SHA256, .ed25519, .rsaPSSSHA256, .ecdsaP384SHA384, .rsaPSSSHA384, .rsaPSSSHA512,
        .rsaPSSOnlySHA256, .rsaPSSOnlySHA384, .rsaPSSOnlySHA512, .rsaPKCS1SHA256, .rsaPKCS1SHA384, .ecdsaSHA512,
        .rsaPKCS1SHA512,
    ]

    /// - Parameter trust: Who may vouch for servers. Sessions of a configuration end with it and its copies: one made
    ///   anew from changed trust resumes none of them.
    public init(trust: TrustStore, applicationProtocols: [String] = ["http/1.1"]) {
        self.init(verifier: CertificateVerifier(trust: trust), applicationProtocols: applicationProtocols)
    }

    init(verifier: CertificateVerifier, applicationProtocols: [String]) {
        self.verifier = verifier
        self.applicationProtocols = applicationProtocols
    }

    /// The suites for TLS 1.3 alone, or for 1.2 alone.
    func cipherSuites(for version: ProtocolVersion) -> [CipherSuite] { cipherSuites.filter { $0.version == version } }

    var offersTLS12: Bool { minimumVersion <= .tls12 }
    var offersTLS13: Bool { maximumVersion >= .tls13 }
}
