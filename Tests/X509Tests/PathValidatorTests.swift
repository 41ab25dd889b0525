import Testing
import X509

@Suite struct PathValidatorTests {
    let root: Issuer
    let middle: Issuer
    let server: Issuer

    init() throws {
        root = try Issuer("Root", seed: 1)
        middle = try Issuer("Middle", seed: 2)
        server = try Issuer("Server", seed: 3)
    }

    func store(_ extensions: [CertificateExtension] = Issuer.authority()) throws -> TrustStore {
        TrustStore(certificates: [try root.root(extensions)])
    }

    func validate(
        _ chain: [Certificate], name: String? = "pay.example.com", purpose: PathValidator.Purpose = .server,
        at now: Int64 = Issuer.now, trust: TrustStore? = nil
    ) throws -> CertificatePath {
        try PathValidator.validate(
            chain: chain, name: name.flatMap { ServerName($0) }, purpose: purpose, at: now, trust: trust ?? store())
    }

    @Test func `a chain of three is a path of two and an anchor`() throws {
        let chain = [
            try middle.certify(server, Issuer.server()), try root.certify(middle, Issuer.authority()), try root.root(),
        ]
        let path = try validate(chain)
        #expect(path.certificates == Array(chain.prefix(2)))
        #expect(path.anchor.subject == root.name)
    }
}
