/// The extensions known here (RFC 8446 section 4.2); all others are skipped in a ClientHello.
enum ExtensionType: UInt16 {
    case serverName = 0
    case supportedGroups = 10
    case pointFormats = 11
    case signatureAlgorithms = 13
    case applicationProtocols = 16
    case extendedMasterSecret = 23
    case preSharedKey = 41
    case earlyData = 42
    case supportedVersions = 43
    case cookie = 44
    case keyExchangeModes = 45
    case certificateAuthorities = 47
    case signatureAlgorithmsCertificate = 50
    case keyShare = 51
    case renegotiationInfo = 0xff01
}
