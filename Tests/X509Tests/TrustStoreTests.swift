import Testing
import X509

@Suite struct TrustStoreTests {
    @Test func `what cannot be used is skipped and counted`() throws {
        let root = try Issuer("Root", seed: 1)
        let good = try root.root()
        let text =
            good.pem + PEM.encode("CERTIFICATE", [1, 2, 3]) + PEM.encode("X509 CRL", [1]) + good.pem
            + "-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n" + good.pem
        let store = TrustStore(pem: Array(text.utf8))
        #expect(store.anchors.map(\.subject) == [root.name])
        #expect(store.skippedCount == 2)
        #expect(TrustStore(pem: []).anchors.isEmpty)
    }

    @Test func `an authority that may not certify is no anchor`() throws {
        let root = try Issuer("Root", seed: 1)
        let idle = try root.root([
            .basicConstraints(BasicConstraints(isAuthority: true)), .keyUsage(.digitalSignature),
        ])
        let store = TrustStore(certificates: [idle])
        #expect(store.anchors.isEmpty)
        #expect(store.skippedCount == 1)
    }

    @Test func `stores are merged with their denials`() throws {
        let first = try Issuer("First", seed: 1).root()
        let second = try Issuer("Second", seed: 2).root()
        let store = TrustStore(merging: [
            TrustStore(certificates: [first], deniedKeys: [[1]]), TrustStore(certificates: [second, first]),
            TrustStore(certificates: [], deniedKeys: [[2]]),
        ])
        #expect(store.anchors.map(\.subject) == [first.subject, second.subject])
        #expect(store.deniedKeys == [[1], [2]])
    }

    @Test(arguments: ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"])
    func `every root of the system is read where there are any`(path: String) {
        let bytes = DataFile.file(path)
        guard !bytes.isEmpty else { return }
        for block in PEM.blocks(in: bytes) {
            #expect(throws: Never.self) { try Certificate(der: block.der ?? []) }
        }
        let store = TrustStore(pem: bytes)
        // Those of P-521 are left out.
        #expect(store.skippedCount <= 2)
        #expect(store.anchors.count > 50)
    }
}
