import Bytes
import Testing

@Suite struct HexTests {
    @Test func `every byte is two lower-case digits and comes back in either case`() {
        for byte in UInt8.min...UInt8.max {
            let text = Hex.encode([byte])
            let digits = String(byte, radix: 16)
            #expect(text == (byte < 16 ? "0" + digits : digits))
            #expect(Hex.decode(text) == [byte])
            #expect(Hex.decode(text.uppercased()) == [byte])
        }
        #expect(Hex.decode("") == [])
    }

    @Test(arguments: ["0", "0g", "g0", "0x", " 00", "00 ", "0:", "0/", "0@", "0`", "é", "000"])
    func `anything but pairs of digits is refused`(text: String) {
        #expect(Hex.decode(text) == nil)
    }
}
