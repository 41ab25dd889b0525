import Testing

@testable import Crypto

@Suite struct ECDSASignatureTests {
    @Test func `both forms hold both numbers`() throws {
        let number = [UInt8](repeating: 0, count: 31) + [0x80]
        let signature = ECDSASignature(r: number, s: [UInt8](repeating: 0xff, count: 32))
        #expect(signature.bytes(.der).prefix(6) == [0x30, 0x27, 0x02, 0x02, 0x00, 0x80])
        #expect(signature.bytes(.p1363).count == 64)
        #expect(ECDSASignature(signature.bytes(.der), .der, byteCount: 32) == signature)
        #expect(ECDSASignature(signature.bytes(.p1363), .p1363, byteCount: 32) == signature)
        #expect(ECDSASignature(signature.bytes(.p1363), .p1363, byteCount: 48) == nil)
    }

    @Test(arguments: [
        "", "30", "3000", "30060201010201", "3006020101020101ff", "300702010102010100", "30060201000201ff",
        "308106020101020101", "30060281010101020101", "3007020200010201", "300702020001020101", "30060201010301ff",
        "3106020101020101", "3080020101020101000 0", "30050201010200", "300602010102810101",
    ])
    func `another encoding of the same is refused`(hex: String) throws {
        #expect(try ECDSASignature(bytes(hex), .der, byteCount: 32) == nil)
    }

    /// Whatever is accepted is the one encoding of what it holds.
    @Test func `arbitrary bytes never trap, and what is accepted is written the same`() {
        var state: UInt64 = 11
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        let number = [UInt8](repeating: 0, count: 28) + [0x7f, 1, 2, 3]
        let good = ECDSASignature(r: number, s: number).bytes(.der)
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0...(next() % 3) {
                switch next() % 4 {
                case 0: bytes[Int(next()) % bytes.count] = UInt8(truncatingIfNeeded: next())
                case 1: bytes[Int(next()) % bytes.count] ^= 1 << UInt8(next() % 8)
                case 2 where bytes.count > 2: bytes.remove(at: Int(next()) % bytes.count)
                default: bytes.insert(UInt8(truncatingIfNeeded: next()), at: Int(next()) % bytes.count)
                }
            }
            guard let signature = ECDSASignature(bytes, .der, byteCount: 32) else { continue }
            accepted += 1
            if signature.bytes(.der) != bytes { Issue.record("\(bytes) is accepted") }
        }
        #expect(accepted > 1000)
    }
}
