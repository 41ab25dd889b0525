import Crypto

/// An X.509 certificate (RFC 5280), read strictly; it keeps the bytes it was read from.
///
/// Reading checks the encoding only. Whether it may be trusted, ``PathValidator`` says. Equality is that of the bytes.
public struct Certificate: Sendable {
    /// A certificate has at most this many bytes.
    public static let maximumByteCount = 1 << 16

    public let der: [UInt8]
    /// 1 to 3.
    public let version: Int
    /// Big-endian and not negative, at most 20 bytes.
    public let serialNumber: [UInt8]
    public let issuer: DistinguishedName
    public let subject: DistinguishedName
    /// Seconds since 1970 of the first moment at which it is valid.
    public let notBefore: Int64
    /// Seconds since 1970 of the last moment at which it is valid.
    public let notAfter: Int64
    public let publicKey: PublicKey
    /// The SubjectPublicKeyInfo in DER.
    public let subjectPublicKeyInfo: [UInt8]
    /// All extensions as they stand.
    public let extensions: [CertificateExtension]
    let read: CertificateExtensions
    let signatureAlgorithm: SignatureAlgorithm
    let signature: [UInt8]
    /// Where in `der` the signed part lies.
    private let signedRange: Range<Int>

    /// Reads a certificate.
    ///
    /// - Throws: ``CertificateError/malformed(_:)`` for anything that is not strict DER of a certificate of version 1 to
    ///   3, for an extension that is there twice, and for signature algorithms that differ inside and outside. A key or
    ///   an algorithm that cannot be used throws only once it is needed.
    public init(der: [UInt8]) throws(CertificateError) {
        let place = "certificate"
        guard der.count <= Certificate.maximumByteCount else { throw .malformed("certificate of \(der.count) bytes") }
        try DER.check(der, place)
        var outer = DERReader(try DERElement.whole(der, DERTag.sequence, place))
        let signed = try outer.next(DERTag.sequence, place)
        let algorithm = try outer.next(DERTag.sequence, "signature algorithm")
        signature = try outer.next(DERTag.bitString, "signature").wholeBits("signature")
        try outer.finish(place)
        signatureAlgorithm = try AlgorithmIdentifier(algorithm, "signature algorithm").signatureAlgorithm()
        signedRange = signed.start..<signed.end

        var reader = DERReader(signed)
        version = try Certificate.version(&reader)
        let serial = try reader.next(DERTag.integer, "serial number")
        guard serial.content.count <= 20 else { throw .malformed("serial number") }
        serialNumber = Array(try serial.unsignedInteger("serial number"))
        // The algorithm must be the same in both places (section 4.1.2.3), or the outer one would not be signed.
        guard try reader.next(DERTag.sequence, "signature algorithm").encoded == algorithm.encoded else {
            throw .malformed("signature algorithm")
        }
        issuer = try DistinguishedName(reader.next(DERTag.sequence, "issuer"))
        var validity = try reader.sequence("validity")
        notBefore = try CivilTime.seconds(validity.next("validity"), "validity")
        notAfter = try CivilTime.seconds(validity.next("validity"), "validity")
        try validity.finish("validity")
        subject = try DistinguishedName(reader.next(DERTag.sequence, "subject"))
        let key = try reader.next(DERTag.sequence, "public key")
        subjectPublicKeyInfo = Array(key.encoded)
        publicKey = try PublicKey(key)
        // Unique identifiers, which nobody uses, from version 2 on, and extensions in version 3 (section 4.1.2.8).
        let first = try reader.nextIf(DERTag.primitive(1), "unique identifier")
        let second = try reader.nextIf(DERTag.primitive(2), "unique identifier")
        guard first == nil && second == nil || version >= 2 else { throw .malformed("unique identifier") }
        let list = try reader.nextIf(DERTag.constructed(3), "extensions")
        guard list == nil || version == 3 else { throw .malformed("extensions") }
        try reader.finish(place)
        extensions = try list.map(CertificateExtension.list) ?? []
        read = try CertificateExtensions(extensions)
        self.der = der
    }

    /// The version, which is left out when it is 1.
    private static func version(_ reader: inout DERReader) throws(CertificateError) -> Int {
        guard let element = try reader.nextIf(DERTag.constructed(0), "version") else { return 1 }
        var version = DERReader(element)
        let number = try version.next(DERTag.integer, "version").smallInteger("version")
        try version.finish("version")
        guard number == 1 || number == 2 else { throw .malformed("version") }
        return number + 1
    }

    /// The names it is for, nil without that extension.
    public var subjectAlternativeNames: [GeneralName]? { read.subjectAlternativeNames }
    public var basicConstraints: BasicConstraints? { read.basicConstraints }
    public var keyUsage: KeyUsage? { read.keyUsage }
    public var extendedKeyUsages: [OID]? { read.extendedKeyUsages }
    public var nameConstraints: NameConstraints? { read.nameConstraints }
    public var subjectKeyIdentifier: [UInt8]? { read.subjectKeyIdentifier }
    public var authorityKeyIdentifier: [UInt8]? { read.authorityKeyIdentifier }

    /// SHA-256 of the SubjectPublicKeyInfo, by which keys are pinned and denied.
    public var spkiHash: [UInt8] { SHA256.hash(subjectPublicKeyInfo) }

    /// SHA-256 of the whole certificate, by which people compare them.
    public var fingerprint: [UInt8] { SHA256.hash(der) }

    /// Whether subject and issuer are the same name; whoever signed it.
    public var isSelfIssued: Bool { subject == issuer }

    /// The bytes that the issuer signed.
    public var signedBytes: [UInt8] { Array(der[signedRange]) }

    /// Checks the signature with a key that is said to be the issuer's.
    ///
    /// - Throws: ``CertificateError/unsupportedAlgorithm(_:)``, ``CertificateError/badSignature(_:)``.
    public func checkSignature(by key: PublicKey) throws(CertificateError) {
        if case .unsupported(let name) = signatureAlgorithm { throw .unsupportedAlgorithm(name) }
        if case .unsupported(let name) = key { throw .unsupportedAlgorithm(name) }
        guard let scheme = signatureAlgorithm.scheme(for: key),
            key.isValid(signature, scheme: scheme, message: signedBytes)
        else { throw .badSignature(subject.description) }
    }

    /// Every certificate among the blocks of `pem`, in their order; blocks of other kinds are skipped.
    ///
    /// - Throws: ``CertificateError`` of the first that cannot be read.
    public static func chain(pem: [UInt8]) throws(CertificateError) -> [Certificate] {
        var chain: [Certificate] = []
        for (label, der) in try PEM.decode(pem) where Certificate.labels.contains(label) {
            chain.append(try Certificate(der: der))
        }
        return chain
    }

    /// The labels under which a certificate may stand (RFC 7468 section 5.1).
    static let labels = ["CERTIFICATE", "X509 CERTIFICATE", "X.509 CERTIFICATE"]

    /// The certificate as a PEM block.
    public var pem: String { PEM.encode("CERTIFICATE", der) }
}

extension Certificate: Hashable {
    public static func == (first: Certificate, second: Certificate) -> Bool { first.der == second.der }

    public func hash(into hasher: inout Hasher) { hasher.combine(der) }
}
