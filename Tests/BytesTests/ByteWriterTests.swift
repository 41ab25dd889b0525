import Bytes
import Testing

@Suite struct ByteWriterTests {
    @Test(
        arguments: [
            (0, "0"), (1, "1"), (-1, "-1"), (9, "9"), (10, "10"), (-100, "-100"), (.max, "9223372036854775807"),
            (.min, "-9223372036854775808"),
        ] as [(Int64, String)])
    func `integers are written in decimal`(value: Int64, text: String) {
        var writer = ByteWriter()
        writer.appendDecimal(value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test func `powers of ten and their neighbours are written like the library writes them`() {
        var power: UInt64 = 1
        for _ in 0..<20 {
            for value in [power - 1, power, power + 1, UInt64.max] {
                var writer = ByteWriter()
                writer.appendDecimal(value)
                #expect(String(decoding: writer.bytes, as: UTF8.self) == String(value))
            }
            power = power &* 10
        }
    }

    @Test(
        arguments: [
            (3000, 2, "30.00"), (0, 2, "0.00"), (5, 2, "0.05"), (-5, 2, "-0.05"), (-3005, 2, "-30.05"), (7, 0, "7"),
            (-7, 0, "-7"), (1234, 3, "1.234"), (99, 3, "0.099"), (1, 18, "0.000000000000000001"),
            (.max, 2, "92233720368547758.07"), (.min, 18, "-9.223372036854775808"), (.min, 0, "-9223372036854775808"),
        ] as [(Int64, Int, String)])
    func `units are written with a fixed point`(units: Int64, digits: Int, text: String) {
        var writer = ByteWriter()
        writer.appendFixed(units, digits: digits)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test func `integers are laid out in the order asked for`() {
        var writer = ByteWriter(capacity: 32)
        writer.appendBigEndian(0x0102_0304 as UInt32)
        writer.appendLittleEndian(0x0102_0304 as UInt32)
        writer.appendBigEndian(-2 as Int16)
        writer.appendBigEndian(0xfe as UInt8)
        writer.appendLittleEndian(UInt64.max - 1)
        #expect(writer.bytes == [1, 2, 3, 4, 4, 3, 2, 1, 0xff, 0xfe, 0xfe, 0xfe] + [UInt8](repeating: 0xff, count: 7))
        #expect(writer.count == 19)
    }

    @Test func `texts and bytes are appended as they are`() {
        let text = "é"
        var writer = ByteWriter()
        writer.append("abc" as StaticString)
        writer.append(text)
        writer.append([1, 2] as [UInt8])
        writer.append([9, 8, 7][1...])
        writer.appendLengthPrefixed(text)
        writer.appendLengthPrefixed([5])
        #expect(writer.bytes == [0x61, 0x62, 0x63, 0xc3, 0xa9, 1, 2, 8, 7, 2, 0xc3, 0xa9, 1, 5])
    }

    @Test func `more digits than 64 bits hold are a mistake of the caller`() async {
        await #expect(processExitsWith: .failure) {
            var writer = ByteWriter()
            writer.appendFixed(1, digits: 19)
        }
    }
}
