import Testing
import X509

/// Chains that another implementation made and judged.
@Suite struct ChainTests {
    static let cases = DataFile("chains.txt").cases

    /// The name of an error's case.
    private func name(_ error: CertificateError) -> String { Mirror(reflecting: error).children.first?.label ?? "" }

    @Test func `the file is there`() {
        #expect(ChainTests.cases.count > 80)
    }

    @Test(arguments: ChainTests.cases) func `a chain has its verdict`(one: DataFile.Case) throws {
        var verdict = "ok"
        let host = one.value("host")
        let name: ServerName? = ServerName(host)
        try #require((name == nil) == host.isEmpty)
        do {
            _ = try PathValidator.validate(
                chain: Certificate.chain(pem: one.pem("chain")), name: name,
                purpose: one.value("purpose") == "client" ? .client : .server, at: Issuer.now,
                trust: TrustStore(pem: one.pem("roots")))
        } catch {
            verdict = self.name(error)
        }
        #expect(verdict == one.value("verdict"))
        // Where OpenSSL judges otherwise, the case says why.
        #expect((verdict == "ok") == (one.value("openssl") == "ok") || !one.value("why").isEmpty)
    }
}
