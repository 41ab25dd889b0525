import Testing
import X509

@Suite struct DERTests {
    @Test(arguments: [
        "", "0500", "020101", "3003020101", "300030003000", "a1023000",
        // Lengths of one, two and three bytes.
        "0481" + "80" + String(repeating: "00", count: 128), "048201" + "00" + String(repeating: "00", count: 256),
    ])
    func `strict encodings pass`(hex: String) throws {
        try DER.check(bytes(hex), "test")
    }

    @Test(arguments: [
        // No length, too little content, an indefinite length, lengths of too many bytes, tags of two bytes, tag 0.
        "05", "0501", "3080020101" + "0000", "048101" + "00", "0482" + "0080" + String(repeating: "00", count: 128),
        "0484" + "00000001" + "00", "0488ffffffffffffffff", "1f8101" + "00", "3f8101" + "00", "0000", "3003020102ff",
        "30040201", "048100", "04ff",
    ])
    func `everything else is refused`(hex: String) throws {
        let input = try bytes(hex)
        #expect(throws: CertificateError.malformed("test")) { try DER.check(input, "test") }
    }

    @Test func `depth is bounded`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            var result: [UInt8] = []
            for _ in 0..<depth {
                var writer = DERWriter()
                writer.element(0x30, result)
                result = writer.bytes
            }
            return result
        }
        try DER.check(nested(24), "test")
        #expect(throws: CertificateError.self) { try DER.check(nested(25), "test") }
        #expect(throws: CertificateError.self) { try DER.check(nested(10_000), "test") }
    }

    @Test(arguments: [
        ("2.5.29.17", "551d11"), ("1.2.840.113549.1.1.11", "2a864886f70d01010b"), ("2.999.3", "883703"),
        ("0.0", "00"), ("1.39", "4f"), ("2.40", "7800"),
    ])
    func `object identifiers have two forms`(text: String, hex: String) throws {
        guard text != "2.40" else {
            #expect(try OID(bytes("78")).description == "2.40")
            return
        }
        #expect(try OID(text)?.bytes == bytes(hex))
        #expect(try OID(bytes(hex)).description == text)
    }

    @Test(arguments: ["", "1", "3.1", "1.40", "1..2", "1.2.", "01.2", "1.2.a", "1.2.-3", "1.+2"])
    func `other texts are no object identifiers`(text: String) {
        #expect(OID(text) == nil)
    }

    @Test func `random bytes neither trap nor take long`() {
        var dice = Dice(seed: 8)
        for _ in 0..<2000 {
            var input = (0..<Int.random(in: 0..<64, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
            // Often something that looks like an element.
            if input.count > 2, Bool.random(using: &dice) {
                input[0] = [0x30, 0x31, 0xa0, 0x02, 0x03, 0x04][Int.random(in: 0..<6, using: &dice)]
                input[1] = UInt8(input.count - 2)
            }
            try? DER.check(input, "test")
            _ = try? DistinguishedName(der: input)
            _ = try? PublicKey(subjectPublicKeyInfo: input)
            _ = PEM.blocks(in: input)
        }
    }
}
