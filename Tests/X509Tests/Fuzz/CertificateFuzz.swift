import X509

/// What a certificate from a peer goes through. Bytes of any kind may make it throw; nothing may make it trap.
enum CertificateFuzz {
    static func run(_ bytes: [UInt8]) {
        guard let certificate = try? Certificate(der: bytes) else { return }
        precondition(certificate.der == bytes, "a certificate keeps its bytes")
        _ = certificate.subject.description + certificate.issuer.description
        _ = certificate.subjectAlternativeNames?.map(\.description)
        let store = TrustStore(certificates: [certificate])
        for name in [ServerName.dns("pay.example.com"), .ip([192, 0, 2, 1]), nil] {
            for purpose in [PathValidator.Purpose.server, .client] {
                // It is its own issuer, if its names say so; the moment is one at which it is valid.
                _ = try? PathValidator.validate(
                    chain: [certificate, certificate], name: name, purpose: purpose, at: certificate.notBefore,
                    trust: store)
            }
        }
        var budget = 1000
        if let constraints = certificate.nameConstraints {
            for name in certificate.subjectAlternativeNames ?? [.dns("*.example.com"), .email("a@example.com")] {
                _ = constraints.allows(name, budget: &budget)
            }
        }
    }
}
