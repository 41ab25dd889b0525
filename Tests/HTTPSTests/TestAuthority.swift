import Crypto
import HTTPS
import Runtime
import X509

/// A root of the tests, and what it certifies.
struct TestAuthority: Sendable {
    /// Well inside the life of what is certified here.
    static let now = Timestamp(seconds: 1_800_000_000)
    private static let day: Int64 = 86_400

    let root: Certificate
    private let key: PrivateKey
    private let subject = DistinguishedName(commonName: "Test Root")

    /// Repeatable bytes, good for nothing but tests.
    static func random(_ seed: UInt64) -> @Sendable (Int) -> [UInt8] {
        let state = Guarded(seed)
        return { count in
            state.withLock { state in
                (0..<count).map { _ in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return UInt8(truncatingIfNeeded: state >> 33)
                }
            }
        }
    }

    init(seed: UInt64 = 1) throws {
        key = try PrivateKey(random: Self.random(seed))
        let now = Self.now.seconds
        let template = CertificateTemplate(
            serialNumber: [1], issuer: subject, subject: subject, notBefore: now - 30 * Self.day,
            notAfter: now + 300 * Self.day,
            extensions: [.basicConstraints(BasicConstraints(isAuthority: true)), .keyUsage(.keyCertSign)])
        root = try template.issue(for: key.subjectPublicKeyInfo, by: key, random: Self.random(seed + 1))
    }

    /// A certificate for `names` with its key, valid from a number of days from now on to another.
    func leaf(
        _ names: [String], from: Int64 = -1, to: Int64 = 90, seed: UInt64 = 7
    ) throws -> (certificate: Certificate, key: PrivateKey) {
        let random = Self.random(seed)
        let leafKey = try PrivateKey(random: random)
        let now = Self.now.seconds
        let template = CertificateTemplate(
            serialNumber: CertificateTemplate.serialNumber(random), issuer: subject,
            subject: DistinguishedName(commonName: "Leaf"), notBefore: now + from * Self.day,
            notAfter: now + to * Self.day,
            extensions: [
                .subjectAlternativeNames(names.compactMap { ServerName($0) }.map(GeneralName.init), isCritical: false),
                .basicConstraints(BasicConstraints(isAuthority: false)), .keyUsage(.digitalSignature),
                .extendedKeyUsage([.serverAuthentication]),
            ])
        return (try template.issue(for: leafKey.subjectPublicKeyInfo, by: key, random: random), leafKey)
    }
}
