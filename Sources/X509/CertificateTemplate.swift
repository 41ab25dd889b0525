/// What is to stand in a new certificate of version 3.
public struct CertificateTemplate: Sendable {
    /// Big-endian, 1 to 20 bytes of which the first bit is not set; not zero.
    public var serialNumber: [UInt8]
    public var issuer: DistinguishedName
    public var subject: DistinguishedName
    /// Seconds since 1970, from 1950 to 9999.
    public var notBefore: Int64
    public var notAfter: Int64
    /// In the order in which they are written; none twice.
    public var extensions: [CertificateExtension]

    public init(
        serialNumber: [UInt8], issuer: DistinguishedName, subject: DistinguishedName, notBefore: Int64,
        notAfter: Int64, extensions: [CertificateExtension]
    ) {
        self.serialNumber = serialNumber
        self.issuer = issuer
        self.subject = subject
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.extensions = extensions
    }

    /// Signs a certificate for the key with this SubjectPublicKeyInfo.
    ///
    /// - Parameters:
    ///   - key: The issuer's.
    ///   - scheme: One of its schemes; nil takes ECDSA or, for RSA, PKCS #1 with SHA-256, which every peer reads.
    ///   - random: Asked for fresh bytes.
    /// - Throws: ``CertificateError/signingFailed``, and what reading the new certificate throws.
    public func issue(
        for subjectPublicKeyInfo: [UInt8], by key: PrivateKey, scheme: SignatureScheme? = nil,
        random: PrivateKey.Random
    ) throws(CertificateError) -> Certificate {
        let schemes = key.schemes
        let scheme = scheme ?? schemes.first { $0 == .rsaPKCS1SHA256 } ?? schemes[0]
        var algorithm = DERWriter()
        SignatureAlgorithm.write(scheme, to: &algorithm)
        var signed = DERWriter()
        signed.sequence { fields in
            fields.constructed(DERTag.constructed(0)) { $0.integer([2]) }
            fields.integer(serialNumber)
            fields.raw(algorithm.bytes)
            fields.raw(issuer.der)
            fields.sequence { validity in
                validity.time(notBefore)
                validity.time(notAfter)
            }
            fields.raw(subject.der)
            fields.raw(subjectPublicKeyInfo)
            guard !extensions.isEmpty else { return }
            fields.constructed(DERTag.constructed(3)) { tagged in
                tagged.sequence { list in
                    for one in extensions { one.write(to: &list) }
                }
            }
        }
        let signature = try key.sign(signed.bytes, scheme: scheme, random: random)
        var writer = DERWriter()
        writer.sequence { certificate in
            certificate.raw(signed.bytes)
            certificate.raw(algorithm.bytes)
            certificate.bitString(signature)
        }
        return try Certificate(der: writer.bytes)
    }

    /// A certificate for a server that certifies itself: for tests, demonstrations, and as the answer to a challenge
    /// over TLS (RFC 8737), whose extension goes among `extensions`.
    ///
    /// Its subject is empty, so its names are critical (RFC 5280 section 4.2.1.6).
    public static func selfSigned(
        for names: [ServerName], key: PrivateKey, notBefore: Int64, notAfter: Int64,
        extensions: [CertificateExtension] = [], random: PrivateKey.Random
    ) throws(CertificateError) -> Certificate {
        let subject = DistinguishedName(commonName: nil)
        let template = CertificateTemplate(
            serialNumber: serialNumber(random), issuer: subject, subject: subject, notBefore: notBefore,
            notAfter: notAfter,
            extensions: [
                .subjectAlternativeNames(names.map(GeneralName.init), isCritical: true),
                .basicConstraints(BasicConstraints(isAuthority: false)), .keyUsage(.digitalSignature),
                .extendedKeyUsage([.serverAuthentication]),
            ] + extensions)
        return try template.issue(for: key.subjectPublicKeyInfo, by: key, random: random)
    }

    /// A serial number that nobody guesses: 16 random bytes, positive.
    public static func serialNumber(_ random: PrivateKey.Random) -> [UInt8] {
        var bytes = random(16)
        bytes[0] = bytes[0] & 0x7f | 0x40
        return bytes
    }
}
