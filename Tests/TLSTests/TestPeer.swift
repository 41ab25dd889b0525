import Crypto
import X509

@testable import TLS

/// Keys and configurations for tests: a certificate is any bytes, and a verifier that knows them.
enum TestPeer {
    static let certificate: [UInt8] = Array("certificate of shop.example".utf8)

    static func key() throws -> PrivateKey { try PrivateKey(random: testRandom(7)) }

    static func server(
        _ key: PrivateKey, tickets: TicketKeys? = nil, validUntil: Int64 = Loopback.now + 86_400
    ) -> ServerConfiguration {
        ServerConfiguration(
            identities: [
                Identity(chain: [certificate], key: key, names: ["shop.example"], validUntil: validUntil)
            ], tickets: tickets)
    }

    static func client(_ key: PublicKey, validUntil: Int64 = Loopback.now + 86_400) -> ClientConfiguration {
        let verifier = CertificateVerifier { chain, name, now throws(TLSError) in
            guard chain == [certificate] else { throw .untrusted(.unknownAuthority, "unknown") }
            guard name == .dns("shop.example") else { throw .untrusted(.certificateUnknown, "name") }
            guard now < validUntil else { throw .untrusted(.certificateExpired, "expired") }
            return VerifiedPeer(publicKey: key, validUntil: validUntil)
        }
        return ClientConfiguration(verifier: verifier, applicationProtocols: ["http/1.1"])
    }
}
