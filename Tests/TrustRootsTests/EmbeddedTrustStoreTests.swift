import Testing
import TrustRoots
import X509

@Suite struct EmbeddedTrustStoreTests {
    @Test func `every embedded root but those of other curves is an anchor`() {
        let store = EmbeddedTrustStore.store
        #expect(store.anchors.count >= 100)
        // P-521 has one root.
        #expect(store.skippedCount <= 1)
    }

    @Test(arguments: ["ISRG Root X1", "ISRG Root X2", "DigiCert Global Root G2", "GTS Root R1", "Amazon Root CA 1"])
    func `the roots of the gateways are there`(name: String) {
        #expect(EmbeddedTrustStore.store.anchors.contains { $0.subject.description.hasSuffix("CN=" + name) })
    }
}
