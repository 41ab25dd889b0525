import Bytes
import Testing

@Suite struct ByteReaderTests {
    /// Each length of a varint, from its smallest value to its largest.
    static let varintEdges: [UInt64] = {
        var edges: [UInt64] = [0, 1, .max - 1, .max]
        for length in 1...9 {
            let next: UInt64 = 1 << UInt64(length * 7)
            edges += [next - 1, next]
        }
        return edges
    }()

    @Test(arguments: varintEdges)
    func `a varint comes back, and no cut of it does`(value: UInt64) throws {
        var writer = ByteWriter()
        writer.appendVarint(value)
        let bitCount = UInt64.bitWidth - value.leadingZeroBitCount
        #expect(writer.count == max(1, (bitCount + 6) / 7))
        var reader = ByteReader(writer.bytes)
        #expect(try reader.varint() == value)
        #expect(reader.isAtEnd)
        for end in 0..<writer.count {
            var cut = ByteReader(writer.bytes, in: 0..<end)
            #expect(throws: Truncated()) { try cut.varint() }
        }
    }

    @Test(
        arguments: [
            [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
            [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
            [UInt8](repeating: 0xff, count: 20), [UInt8](repeating: 0x80, count: 20),
        ] as [[UInt8]])
    func `a varint of more than 64 bits is refused`(bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        #expect(throws: Truncated()) { try reader.varint() }
    }

    @Test func `fixed integers come back in both orders`() throws {
        var writer = ByteWriter()
        writer.appendBigEndian(Int64.min + 5)
        writer.appendLittleEndian(0xdead_beef as UInt32)
        writer.appendBigEndian(0x0102 as UInt16)
        writer.append(7 as UInt8)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.bigEndian(Int64.self) == .min + 5)
        #expect(try reader.littleEndian(UInt32.self) == 0xdead_beef)
        #expect(try reader.bigEndian(UInt16.self) == 0x0102)
        #expect(reader.remaining == 1)
        #expect(try reader.byte() == 7)
        #expect(throws: Truncated()) { try reader.byte() }
    }

    /// Reads one of everything, as a record would be read.
    private func readAll(_ reader: inout ByteReader) throws(Truncated) -> String {
        _ = try reader.byte()
        _ = try reader.bigEndian(UInt32.self)
        _ = try reader.littleEndian(UInt64.self)
        _ = try reader.varint()
        _ = try reader.lengthPrefixed()
        let text = try reader.lengthPrefixedText()
        var nested = try reader.nested(3)
        _ = try nested.take(2)
        try nested.skip(1)
        guard nested.isAtEnd else { throw Truncated() }
        try reader.skip(2)
        return text
    }

    @Test func `a record cut anywhere throws and leaves the reader within its bytes`() throws {
        var writer = ByteWriter()
        writer.append(1 as UInt8)
        writer.appendBigEndian(2 as UInt32)
        writer.appendLittleEndian(3 as UInt64)
        writer.appendVarint(300)
        writer.appendLengthPrefixed([1, 2, 3])
        let text = "naïve"
        writer.appendLengthPrefixed(text)
        writer.append([1, 2, 3, 4, 5] as [UInt8])
        var whole = ByteReader(writer.bytes)
        #expect(try readAll(&whole) == text)
        #expect(whole.isAtEnd)
        for end in 0..<writer.count {
            var cut = ByteReader(writer.bytes, in: 0..<end)
            #expect(throws: Truncated()) { try readAll(&cut) }
            #expect(cut.position <= end)
        }
    }

    @Test func `a count beyond the end is refused before anything is taken`() {
        var writer = ByteWriter()
        writer.appendVarint(.max)
        writer.append(0 as UInt8)
        var reader = ByteReader(writer.bytes)
        #expect(throws: Truncated()) { try reader.count() }
        var other = ByteReader([5, 1, 2, 3, 4])
        #expect(throws: Truncated()) { try other.lengthPrefixed() }
        var negative = ByteReader([1, 2, 3])
        #expect(throws: Truncated()) { try negative.take(-1) }
        #expect(throws: Truncated()) { try negative.skip(-1) }
        #expect(throws: Truncated()) { try negative.nested(.max) }
        #expect(negative.rest() == [1, 2, 3])
        #expect(negative.rest() == [])
    }

    @Test(
        arguments: [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80]]
            as [[UInt8]])
    func `text that is not UTF-8 is refused`(bytes: [UInt8]) {
        var writer = ByteWriter()
        writer.appendLengthPrefixed(bytes)
        var reader = ByteReader(writer.bytes)
        #expect(throws: Truncated()) { try reader.lengthPrefixedText() }
    }

    @Test func `random bytes never trap a reader`() {
        var generator: UInt64 = 42
        for _ in 0..<20_000 {
            generator = generator &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let bytes = (0..<Int(generator >> 60) * 2).map { UInt8(truncatingIfNeeded: generator >> UInt64($0 * 2)) }
            var reader = ByteReader(bytes)
            _ = try? readAll(&reader)
            #expect(reader.position <= bytes.count)
        }
    }

    @Test func `a range outside the bytes is a mistake of the caller`() async {
        await #expect(processExitsWith: .failure) { _ = ByteReader([1, 2, 3], in: 2..<4) }
    }
}
