import Bytes
import JSON
import Runtime
import Testing

@testable import Fields

@Suite struct RecordCodecTests {
    @Test func `every kind of value comes back as it was`() throws {
        #expect(try RecordCodec.decode(Sample.self, RecordCodec.encode(Sample.full)) == Sample.full)
        #expect(try RecordCodec.decode(Sample.self, RecordCodec.encode(Sample())) == Sample())
    }

    @Test(arguments: [Int64.min, .min + 1, -65, -64, -1, 0, 1, 63, 64, 8191, 8192, .max - 1, .max])
    func `every integer comes back as it was`(number: Int64) throws {
        var sample = Sample()
        sample.number = number
        sample.optionalNumber = number
        sample.numbers = [number, number]
        sample.time = Timestamp(milliseconds: number)
        #expect(try RecordCodec.decode(Sample.self, RecordCodec.encode(sample)) == sample)
    }

    @Test(arguments: [0, 1, 126, 127, 128, 129, 16_383, 16_384, 70_000])
    func `texts and records of every length class come back as they were`(length: Int) throws {
        var sample = Sample()
        sample.text = String(repeating: "x", count: length)
        sample.texts = [sample.text, "", sample.text]
        sample.child = Child(sample.text, 1)
        sample.optionalText = sample.text
        #expect(try RecordCodec.decode(Sample.self, RecordCodec.encode(sample)) == sample)
    }

    @Test func `a value at its default takes no bytes, and nil differs from empty`() throws {
        // What always stands: the two records and the word have no default to leave out.
        var sample = Sample()
        let empty = RecordCodec.encode(sample)
        sample.text = ""
        sample.number = 0
        sample.optionalText = nil
        #expect(RecordCodec.encode(sample) == empty)
        sample.optionalText = ""
        sample.optionalNumber = 0
        sample.optionalFlag = false
        #expect(RecordCodec.encode(sample).count > empty.count)
        let back = try RecordCodec.decode(Sample.self, RecordCodec.encode(sample))
        #expect(back.optionalText == .some("") && back.optionalNumber == .some(0) && back.optionalFlag == .some(false))
    }

    @Test func `unknown numbers are skipped`() throws {
        let old = try RecordCodec.decode(OldSample.self, RecordCodec.encode(Sample.full))
        #expect(old.number == -5 && old.colour == .darkBlue && old.last == 9)
    }

    @Test func `missing fields keep their default`() throws {
        let old = try RecordCodec.decode(OldSample.self, [])
        #expect(old == OldSample())
        var written = OldSample()
        written.last = 4
        let new = try RecordCodec.decode(Sample.self, RecordCodec.encode(written))
        var expected = Sample()
        expected.number = 7
        expected.colour = .green
        expected.last = 4
        #expect(new == expected)
    }

    @Test func `members that are not stored are not stored`() throws {
        var sample = Sample.full
        sample.shownOnly = 3
        #expect(RecordCodec.encode(sample) == RecordCodec.encode(Sample.full))
    }

    @Test func `every truncation throws or ends between two fields`() throws {
        let bytes = RecordCodec.encode(Sample.full)
        var whole = 0
        for count in 0..<bytes.count {
            guard let part = try? RecordCodec.decode(Sample.self, Array(bytes[..<count])) else { continue }
            whole += 1
            // What came out must be exactly the fields that are there; the rest is at its default.
            let again = RecordCodec.encode(part)
            #expect(try RecordCodec.decode(Sample.self, again) == part)
        }
        #expect((1...21).contains(whole))
    }

    @Test func `a field of another wire type throws`() {
        #expect(throws: Truncated()) { try RecordCodec.decode(OldSample.self, [3 << 1 | 1, 1, 0]) }
        #expect(throws: Truncated()) { try RecordCodec.decode(OldSample.self, [10 << 1, 1]) }
    }

    @Test func `a word that is none of the set, and text that is not UTF-8, throw`() {
        #expect(throws: Truncated()) { try RecordCodec.decode(OldSample.self, [10 << 1 | 1, 1, 0x78]) }
        #expect(throws: Truncated()) { try RecordCodec.decode(Sample.self, [1 << 1 | 1, 1, 0xff]) }
    }

    @Test func `no mutation traps, and what decodes can be written in every form`() throws {
        var random = SeededGenerator(seed: 17)
        var sample = Sample.full
        sample.children = [Child("a", 1)]
        let original = RecordCodec.encode(sample)
        var decoded = 0
        for _ in 0..<50_000 {
            var bytes = original
            for _ in 0...random.next() % 3 {
                let index = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[index] ^= 1 << UInt8(random.next() % 8)
                case 2: bytes.remove(at: index)
                default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
                }
            }
            guard let record = try? RecordCodec.decode(Sample.self, bytes) else { continue }
            decoded += 1
            guard decoded % 20 == 0 else { continue }
            #expect(try RecordCodec.decode(Sample.self, RecordCodec.encode(record)) == record)
            var json = JSONWriter()
            record.write(to: &json)
            #expect((try? JSON.parse(json.bytes)) != nil)
        }
        #expect(decoded > 1000)
    }
}
