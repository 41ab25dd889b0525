/// The extensions of a certificate that matter for its validation, read.
struct CertificateExtensions: Sendable {
    private(set) var subjectAlternativeNames: [GeneralName]?
    private(set) var basicConstraints: BasicConstraints?
    private(set) var keyUsage: KeyUsage?
    private(set) var extendedKeyUsages: [OID]?
    private(set) var nameConstraints: NameConstraints?
    private(set) var subjectKeyIdentifier: [UInt8]?
    private(set) var authorityKeyIdentifier: [UInt8]?
    /// The first critical extension that is not understood.
    private(set) var unknownCritical: OID?

    init(_ extensions: [CertificateExtension]) throws(CertificateError) {
        for one in extensions { try read(one) }
    }

    private mutating func read(_ one: CertificateExtension) throws(CertificateError) {
        switch one.id {
        case .subjectAlternativeName: subjectAlternativeNames = try GeneralName.list(one.value)
        case .basicConstraints: basicConstraints = try BasicConstraints(one.value)
        case .keyUsage:
            let bits = try DERElement.whole(one.value, DERTag.bitString, "key usage").namedBits("key usage")
            // At least one bit must be set (section 4.2.1.3).
            guard bits != 0 else { throw .malformed("key usage") }
            keyUsage = KeyUsage(rawValue: bits)
        case .extendedKeyUsage: extendedKeyUsages = try CertificateExtensions.purposes(one.value)
        case .nameConstraints: nameConstraints = try NameConstraints(one.value)
        case .subjectKeyIdentifier:
            let place = "subject key identifier"
            subjectKeyIdentifier = Array(try DERElement.whole(one.value, DERTag.octetString, place).content)
        case .authorityKeyIdentifier:
            var reader = DERReader(try DERElement.whole(one.value, DERTag.sequence, "authority key identifier"))
            let identifier = try reader.nextIf(DERTag.primitive(0), "authority key identifier")
            authorityKeyIdentifier = identifier.map { Array($0.content) }
        case .certificatePolicies, .policyMappings, .inhibitAnyPolicy:
            // Without a policy that we or the path demand, they change nothing (section 6.1).
            break
        default:
            if one.isCritical, unknownCritical == nil { unknownCritical = one.id }
        }
    }

    private static func purposes(_ bytes: [UInt8]) throws(CertificateError) -> [OID] {
        let place = "extended key usage"
        var reader = DERReader(try DERElement.whole(bytes, DERTag.sequence, place))
        var purposes: [OID] = []
        repeat {
            purposes.append(try reader.next(DERTag.oid, place).oid(place))
        } while !reader.isAtEnd
        return purposes
    }
}
