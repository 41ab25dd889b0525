/// A key that is trusted to certify, with what a path needs of it.
///
/// It keeps the key as bytes; reading an RSA key costs some computation, and few of a store's are ever used.
public struct TrustAnchor: Sendable {
    public let subject: DistinguishedName
    /// The SubjectPublicKeyInfo in DER.
    public let subjectPublicKeyInfo: [UInt8]
    public let nameConstraints: NameConstraints?
    /// How many authorities may stand below it, if that is limited.
    public let pathLength: Int?
    /// What certificates below it may be for, if that is limited.
    public let extendedKeyUsages: [OID]?
    let subjectKeyIdentifier: [UInt8]?
    /// SHA-256 of the one certificate that is trusted, where that is no authority: it stands for itself alone.
    let onlyFingerprint: [UInt8]?

    /// The anchor of a certificate that is trusted for reasons of its own: its signature and its dates do not count.
    ///
    /// A certificate of version 1 or 2 cannot say that it is an authority, and is taken for one.
    ///
    /// - Throws: ``CertificateError/unsupportedAlgorithm(_:)`` when its key verifies nothing,
    ///   ``CertificateError/criticalExtension(_:)``, ``CertificateError/keyUsage(_:)`` for an authority that may not
    ///   sign certificates.
    public init(_ certificate: Certificate) throws(CertificateError) {
        if case .unsupported(let name) = certificate.publicKey { throw .unsupportedAlgorithm(name) }
        if let id = certificate.read.unknownCritical { throw .criticalExtension(id.description) }
        let isAuthority = certificate.version < 3 || certificate.basicConstraints?.isAuthority == true
        if isAuthority, let usage = certificate.keyUsage, !usage.contains(.keyCertSign) {
            throw .keyUsage(certificate.subject.description)
        }
        onlyFingerprint = isAuthority ? nil : certificate.fingerprint
        subject = certificate.subject
        subjectPublicKeyInfo = certificate.subjectPublicKeyInfo
        nameConstraints = certificate.nameConstraints
        pathLength = certificate.basicConstraints?.pathLength
        extendedKeyUsages = certificate.extendedKeyUsages
        subjectKeyIdentifier = certificate.subjectKeyIdentifier
    }

    /// The key, or an unsupported one should the bytes be none.
    public var publicKey: PublicKey {
        (try? PublicKey(subjectPublicKeyInfo: subjectPublicKeyInfo)) ?? .unsupported("public key")
    }
}
