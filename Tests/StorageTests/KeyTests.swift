import Bytes
import Runtime
import Testing

@testable import Storage

@Suite struct KeyTests {
    private static func check<Part: KeyPart & Comparable>(_ values: [Part]) {
        let sorted = values.sorted()
        let keys = sorted.map { Key($0) }
        for (left, right) in zip(zip(sorted, keys), zip(sorted, keys).dropFirst()) {
            #expect((left.1 < right.1) == (left.0 < right.0))
            // Followed by anything, the order stays.
            if left.0 < right.0 {
                #expect(left.1.adding(UInt64.max) < right.1.adding(UInt8(0)))
                #expect(Key(Descending(left.0)).adding(UInt8(0)) > Key(Descending(right.0)).adding(UInt64.max))
            }
        }
    }

    @Test func `keys order as their parts do`() {
        var random = TestRandom(seed: 3)
        let words = (0..<300).map { _ in random.next() >> (random.next() % 64) }
        Self.check(words)
        Self.check(words.map { UInt8(truncatingIfNeeded: $0) })
        Self.check(words.map { UInt16(truncatingIfNeeded: $0) })
        Self.check(words.map { UInt32(truncatingIfNeeded: $0) })
        Self.check(words.map { UInt128($0) << 63 | UInt128($0) })
        Self.check(words.map { Int64(bitPattern: $0) } + [.min, -1, 0, 1, .max])
        Self.check(words.map { Int(truncatingIfNeeded: $0) })
        Self.check(words.map { Timestamp(milliseconds: Int64(bitPattern: $0)) })
    }

    @Test func `texts order by their bytes, zeros and prefixes included`() {
        var random = TestRandom(seed: 4)
        let letters: [Character] = ["\u{0}", "\u{1}", "a", "b", "\u{7f}", "\u{ff}", "\u{ffff}"]
        var texts: [[UInt8]] = [[]]
        for _ in 0..<400 {
            let text = String((0..<Int(random.next() % 5)).map { _ in letters[Int(random.next() % 7)] })
            texts.append(Array(text.utf8))
        }
        texts.sort { $0.lexicographicallyPrecedes($1) }
        for (left, right) in zip(texts, texts.dropFirst()) where left != right {
            #expect(Key(left).adding(UInt64.max) < Key(right).adding(UInt8(0)))
            #expect(Key(String(decoding: left, as: UTF8.self)) < Key(String(decoding: right, as: UTF8.self)))
            #expect(Key(Descending(left)).adding(UInt8(0)) > Key(Descending(right)).adding(UInt64.max))
        }
    }

    @Test func `the end of a prefix is above every key that begins with it`() {
        #expect(Key(bytes: [1, 2]).prefixEnd == Key(bytes: [1, 3]))
        #expect(Key(bytes: [1, 255]).prefixEnd == Key(bytes: [2]))
        #expect(Key(bytes: [255, 255]).prefixEnd == nil)
        #expect(Key().prefixEnd == nil)
    }

    @Test func `padded keys compare like their bytes`() {
        var random = TestRandom(seed: 5)
        for _ in 0..<3000 {
            func bytes() -> [UInt8] { (0..<Int(random.next() % 20)).map { _ in UInt8(random.next() % 3) } }
            let left = bytes()
            let right = bytes()
            let table = Memtable(filterByteCount: 0, firstChunkByteCount: 256)
            RawKey(left).withWords { unsafe table.insert($0, number: 1, value: nil) }
            let order = RawKey(right).withWords { table.first?.compare($0) } ?? 0
            #expect((order < 0) == left.lexicographicallyPrecedes(right))
            #expect((order == 0) == (left == right))
        }
    }
}
