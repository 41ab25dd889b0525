import X509

/// A party that certifies others in tests: a name and a key.
struct Issuer {
    let name: DistinguishedName
    let key: PrivateKey

    /// The start and the end of what it issues, unless a test says otherwise, and a moment between them.
    static let start: Int64 = 1_700_000_000
    static let end: Int64 = 1_900_000_000
    static let now: Int64 = 1_800_000_000

    init(_ commonName: String, seed: UInt64) throws {
        name = DistinguishedName(commonName: commonName)
        key = try PrivateKey(random: Randomness.source(seed))
    }

    /// Another name for the same key, or another key for the same name.
    init(name: DistinguishedName, key: PrivateKey) {
        self.name = name
        self.key = key
    }

    /// What an authority has by default.
    static func authority(pathLength: Int? = nil) -> [CertificateExtension] {
        [.basicConstraints(BasicConstraints(isAuthority: true, pathLength: pathLength)), .keyUsage(.keyCertSign)]
    }

    /// What a server has by default.
    static func server(_ names: [String] = ["pay.example.com"]) -> [CertificateExtension] {
        [
            .subjectAlternativeNames(names.map { .dns($0) }, isCritical: false), .keyUsage(.digitalSignature),
            .extendedKeyUsage([.serverAuthentication]),
        ]
    }

    /// Certifies `subject`.
    func certify(
        _ subject: Issuer, _ extensions: [CertificateExtension], notBefore: Int64 = Issuer.start,
        notAfter: Int64 = Issuer.end, issuerName: DistinguishedName? = nil
    ) throws -> Certificate {
        let template = CertificateTemplate(
            serialNumber: [1], issuer: issuerName ?? name, subject: subject.name, notBefore: notBefore,
            notAfter: notAfter, extensions: extensions)
        return try template.issue(for: subject.key.subjectPublicKeyInfo, by: key, random: Randomness.source(9))
    }

    /// Certifies itself.
    func root(_ extensions: [CertificateExtension] = Issuer.authority()) throws -> Certificate {
        try certify(self, extensions)
    }
}
