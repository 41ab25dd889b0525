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

    /// An RSA key of 2,048 bits, made for tests.
    static let rsaKey = """
        -----BEGIN PRIVATE KEY-----
        MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQDRwAgPx4fx/HLR
        r1Yh4j4hiiQ+aVvx8KHiO0lYdNXEsdsTwKmZfPHlgMyZe9ia6fCFBrFBshVCNlsV
        RhCorOgwNUf6SaKapNa+QcCEpa5JqMbDHXfyv9/GPz9fZ+Xf9Sj1Y/ShUBSHcYSY
        8xFSUCiu2VKcoHWM4zdErFVuxVcr5LI7D4imiWVK9talaWzvnLTk8FkH5PmdQnN5
        1oBIBAbbDpKctb+Sg/Ih18dKVmLFZwyVwhDjI6FoR102AN7Grz/iRoAPY89zmUfo
        7JlBxyIUaVmCSBwd9LS8ffHeEDwh2V9qyScpPjtIztz0YvVpxKQjCpZ5IVM4FOXp
        ZgRKMYEjAgMBAAECggEAThrH5bhTMxTiXJqB5FQu9qZOIL9y8YC9h1S0VzAKehgQ
        kCZqATG5kdCIX47ydZ0vZxm638/Egsdi22Ufxu+79leg2d6ZoiRHoskxOzPG1r72
        ZKmQhOBWH6hlnM0/mEneWqJB8d+0BUuMKLg6dwBKZfGfBZvqqe/iILxbg8gQUdNG
        oz6y4634CHVOVVKVYBmLn7cml9hmJbJIq3uYMyiCXuE5FOw6k4Ke0meUY2MQ0uPc
        jFu/plF+ORAXJid6BkutwBJIQmSlOOWHPw1g36HouHDeLk2mhCWEklHKqsUazu3T
        4qbbH+EPacviqjEeudUW3IDio7T+Ja4ZFvv4wCp3oQKBgQDxTU6BCCN8zrsTeNcW
        /QTlvdNrFLhntYiUjEenKTJET6SAnvsGwIKLM8o6AcX0n+aG7wS820zPBltI6R/k
        DOuCTRyXiSyjA/CFNHAKxdcrxctC2nIqjQj3mcIsci9VDvyXy72hfmpsAp2igTBt
        GuLG1RUHljbAxr/74cSRATe//wKBgQDehro1tUymqoBsFC7chzpTEBbyaIF6DLsF
        WFgimyPxtuO2tHPwrBpNUsZGIStNu4uFhexoXBVhBVVbBZpGPFPKNyFYTK2scOOh
        IXNzs+zadnaTics8MdagDxI9tz3ew+LrHVvbiApS1PLe1CuD9Isqyd7ol2Q80Mn0
        Vzfhg28+3QKBgFPEcY9Lov4tyjXdSlX5qhyTRHS08btXAr4G4Mz/+SpLt6DLD/vt
        EqR+ayKuAOmGJQIMsclaHBT2cPQjseV6Mru+R0G35h4FPRcQ+CBVQ/g3JvPjX6Sz
        5zwFTaoeTZ4qoLeVjBQnDYzHb6+9R3Fo1vcNe8pxdDqCBJ3NZ26rTI5DAoGAes5P
        paRQkQo3pW3eDsZyYbTXdSBHlFvCOsjumuqTg6ozMXmVIpVYTqQH2Fwl0dhWv3GR
        bmajRc/zsy/8XBafB1I1jM2Ea05B0YLsfEYnyMjn17SL/MRkdiDbKEQgWPgyGx8w
        uo7xY5UyE9dzzHcA9rRB2Ir0PrvbOIWJyWMH2eECgYA5yURebeP/ovtNypsqbzZl
        /5GZmipiV06GRGHeDqFg7eJdfv4eAbex8dgqyqTvcM/fQhY+HJOXGc5i1qhoMOUu
        B0S3vOrjMZ3xI+HK98y1c+ZbIMiPenc6rw2Yo7txvIvNxEGHZUNve+4ZhKafPHJY
        pidPvYKV3D1WeacxkUDdBA==
        -----END PRIVATE KEY-----
        """
}
