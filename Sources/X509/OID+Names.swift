/// The identifiers this module knows.
extension OID {
    // Keys (RFC 3279, RFC 4055, RFC 5480, RFC 8410).
    package static let rsaEncryption = OID([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1])
    package static let rsaPSS = OID([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10])
    package static let mgf1 = OID([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8])
    package static let ecPublicKey = OID([0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1])
    package static let p256 = OID([0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7])
    package static let p384 = OID([0x2b, 0x81, 4, 0, 34])
    package static let ed25519 = OID([0x2b, 0x65, 0x70])

    // Signatures.
    package static let rsaSHA256 = OID([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11])
    package static let rsaSHA384 = OID([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12])
    package static let rsaSHA512 = OID([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13])
    package static let ecdsaSHA256 = OID([0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2])
    package static let ecdsaSHA384 = OID([0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3])
    package static let ecdsaSHA512 = OID([0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4])

    // Hashes.
    package static let sha256 = OID([0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1])
    package static let sha384 = OID([0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2])
    package static let sha512 = OID([0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3])

    // Extensions (RFC 5280 section 4.2).
    public static let subjectKeyIdentifier = OID([0x55, 0x1d, 14])
    public static let keyUsage = OID([0x55, 0x1d, 15])
    public static let subjectAlternativeName = OID([0x55, 0x1d, 17])
    public static let basicConstraints = OID([0x55, 0x1d, 19])
    public static let nameConstraints = OID([0x55, 0x1d, 30])
    public static let certificatePolicies = OID([0x55, 0x1d, 32])
    package static let policyMappings = OID([0x55, 0x1d, 33])
    public static let authorityKeyIdentifier = OID([0x55, 0x1d, 35])
    public static let extendedKeyUsage = OID([0x55, 0x1d, 37])
    package static let inhibitAnyPolicy = OID([0x55, 0x1d, 54])

    // Purposes (RFC 5280 section 4.2.1.12).
    public static let anyPurpose = OID([0x55, 0x1d, 37, 0])
    public static let serverAuthentication = OID([0x2b, 6, 1, 5, 5, 7, 3, 1])
    public static let clientAuthentication = OID([0x2b, 6, 1, 5, 5, 7, 3, 2])

    // Attributes of names, and of certificate requests.
    public static let commonName = OID([0x55, 4, 3])
    public static let emailAddress = OID([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1])
    package static let extensionRequest = OID([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 14])

    /// What an attribute of a name is called in text (RFC 4514 section 3), or nil.
    var attributeName: String? {
        guard bytes.count == 3, bytes[0] == 0x55, bytes[1] == 4 else { return nil }
        return switch bytes[2] {
        case 3: "CN"
        case 4: "SN"
        case 5: "serialNumber"
        case 6: "C"
        case 7: "L"
        case 8: "ST"
        case 9: "street"
        case 10: "O"
        case 11: "OU"
        case 97: "organizationIdentifier"
        default: nil
        }
    }

    /// The names of algorithms that are refused, for messages that people can act on.
    var algorithmName: String {
        switch description {
        case "1.2.840.113549.1.1.2": "md2WithRSAEncryption"
        case "1.2.840.113549.1.1.4": "md5WithRSAEncryption"
        case "1.2.840.113549.1.1.5": "sha1WithRSAEncryption"
        case "1.2.840.113549.1.1.14": "sha224WithRSAEncryption"
        case "1.2.840.10045.4.1": "ecdsa-with-SHA1"
        case "1.2.840.10045.4.3.1": "ecdsa-with-SHA224"
        case "1.2.840.10040.4.1": "DSA"
        case "1.2.840.10040.4.3": "dsa-with-SHA1"
        case "2.16.840.1.101.3.4.3.2": "dsa-with-SHA256"
        case "1.3.132.0.35": "secp521r1"
        case "1.3.132.0.10": "secp256k1"
        case "1.3.101.113": "Ed448"
        case "1.3.14.3.2.26": "SHA-1"
        case let text: text
        }
    }
}
