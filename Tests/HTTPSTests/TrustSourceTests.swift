import HTTPS
import Runtime
import Simulation
import Testing
import X509

@Suite struct TrustSourceTests {
    private let secure: SecureWorld

    init() throws { secure = try SecureWorld() }

    private func source(_ path: String? = nil, _ environment: [String: String] = [:]) throws -> TrustSource {
        let loader = try TrustLoader(
            rootsPath: path, deniedKeysPath: nil, environment: { environment[$0] }, doors: secure.world.doors)
        // What was named is there at once, everything else only when it is asked for.
        #expect((loader.loaded != nil) == (path != nil || !environment.isEmpty))
        return loader.load()
    }

    @Test func `the operator's file comes first, then the environment, the system, and what is in the program`() throws
    {
        let embedded = try source()
        #expect(embedded.about.hasPrefix("the roots in this program, "))
        #expect(embedded.store.anchors.count > 100)
        for directory in ["/etc", "/etc/ssl", "/etc/ssl/certs", "/more"] {
            try secure.world.disk.makeDirectory(directory)
        }
        try secure.write("/etc/ssl/cert.pem", secure.authority.root.pem)
        #expect(try source().about == "/etc/ssl/cert.pem, 1 roots")
        try secure.write("/etc/ssl/certs/ca-certificates.crt", "# empty\n" + secure.authority.root.pem)
        #expect(try source().about == "/etc/ssl/certs/ca-certificates.crt, 1 roots")
        try secure.write("/more/a.pem", TestAuthority(seed: 5).root.pem)
        try secure.write("/more/b.0", TestAuthority(seed: 5).root.pem)
        try secure.write("/more/c.crl", "nothing")
        let both = try source(nil, ["SSL_CERT_FILE": "root.pem", "SSL_CERT_DIR": "/nowhere:/more"])
        #expect(both.store.anchors.count == 2)
        #expect(both.about.hasPrefix("SSL_CERT_FILE root.pem and SSL_CERT_DIR /nowhere:/more"))
        #expect(try source("root.pem", ["SSL_CERT_FILE": "/missing"]).about == "root.pem, 1 roots")
    }

    @Test func `what was named and cannot be used is refused`() throws {
        try secure.write("text", "nothing")
        #expect(throws: CertificateFileError.self) { try source("missing") }
        #expect(throws: CertificateFileError.self) { try source("text") }
        #expect(throws: CertificateFileError.self) { try source(nil, ["SSL_CERT_FILE": "missing"]) }
        #expect(throws: CertificateFileError.self) { try source(nil, ["SSL_CERT_DIR": "/missing"]) }
        try secure.write("bad", "00:11\n")
        #expect(throws: CertificateFileError("bad:1: write the SHA-256 of a public key in 64 hex digits")) {
            try secure.trust(denied: "bad")
        }
    }

    @Test func `a clock that cannot be right is told of`() {
        #expect(TrustSource.clockTrouble(at: TestAuthority.now) == nil)
        for seconds in [0, 1_700_000_000, 2_500_000_000] as [Int64] {
            #expect(TrustSource.clockTrouble(at: Timestamp(seconds: seconds))?.contains("set the clock") == true)
        }
    }
}
