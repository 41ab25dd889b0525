import Runtime
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            ("2025-01-15T00:00:00Z", 1_736_899_200_000), ("2025-01-15", 1_736_899_200_000),
            ("2025-01-15T10:30:05.25Z", 1_736_937_005_250), ("2025-01-15t10:30:05.123456789z", 1_736_937_005_123),
            ("2025-01-15T10:30:05.999999999999Z", 1_736_937_005_999), ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59.999Z", -1), ("2025-01-15T02:00:00+02:00", 1_736_899_200_000),
            ("2025-01-14T18:30:00-05:30", 1_736_899_200_000), ("2024-02-29T00:00:00Z", 1_709_164_800_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("9999-12-31T23:59:59Z", 253_402_300_799_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("9999-12-31T23:59:59+23:59", 253_402_214_459_000),
            ("2025-01-15T00:00:00-00:00", 1_736_899_200_000),
        ] as [(String, Int64)])
    func `RFC 3339 times are read exactly`(text: String, milliseconds: Int64) {
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(
        arguments: [
            "", "2025", "2025-1-15", "2025-01-15T", "2025-01-15T10", "2025-01-15T10:00", "2025-01-15T10:00:00",
            "2025-01-15 10:00:00Z", "2025-01-15T10:00:00.Z", "2025-01-15T10:00:00.5", "2025-01-15T24:00:00Z",
            "2025-01-15T23:60:00Z", "2025-01-15T23:59:60Z", "2016-12-31T23:59:60Z", "2025-02-29T00:00:00Z",
            "2100-02-29", "2025-13-01", "2025-00-01", "2025-01-00", "0000-01-01", "2025-01-15T10:00:00+2:00",
            "2025-01-15T10:00:00+0200", "2025-01-15T10:00:00+24:00", "2025-01-15T10:00:00+02:60",
            "2025-01-15T10:00:00ZZ", "2025-01-15T10:00:00Z ", " 2025-01-15T10:00:00Z", "2025-01-15T1a:00:00Z",
            "+025-01-15T10:00:00Z", "2025-01-15T10:00:00,5Z", "2025/01/15", "20250115T100000Z",
            "2025-01-15T10:00:00.00000000000000000000000000000Z", "２０２５-01-15", "0001-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
        ])
    func `other texts are no times`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (-1000, "1969-12-31T23:59:59Z"),
            (-1001, "1969-12-31T23:59:58Z"), (1_736_937_005_999, "2025-01-15T10:30:05Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00Z"), (253_402_300_799_999, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)])
    func `times are written in whole seconds of UTC`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
    }

    @Test(arguments: [Int64.min, .min + 1, .min + 998, .max, .max - 1])
    func `times outside the calendar are still written`(milliseconds: Int64) {
        #expect(Timestamp(milliseconds: milliseconds).description.utf8.count == 20)
    }

    @Test func `whole seconds round towards the past`() {
        #expect(
            [-2000, -1999, -1001, -1000, -999, -1, 0, 1, 999, 1000].map { Timestamp(milliseconds: $0).seconds }
                == [-2, -2, -2, -1, -1, -1, 0, 0, 0, 1])
        #expect(Timestamp(milliseconds: .min).seconds == -9_223_372_036_854_776)
    }

    @Test func `what is written is read back`() {
        var milliseconds: Int64 = -62_135_596_800_000
        while milliseconds <= 253_402_300_799_000 {
            let time = Timestamp(milliseconds: milliseconds)
            if Timestamp(time.description) != time { Issue.record("\(time)") }
            milliseconds += 86_400_000 * 97 + 3_723_000
        }
    }

    @Test func `no mutation of a time traps, and what is read stays within the calendar`() {
        var state: UInt64 = 3
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let texts = ["2025-01-15T10:30:05.25Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2024-02-29"]
        let alphabet = Array("0123456789-:+.TZtz éö\0".utf8)
        for _ in 0..<50_000 {
            var bytes = Array(texts[random(4)].utf8)
            for _ in 0...random(2) {
                let index = random(bytes.count)
                switch random(3) {
                case 0: bytes[index] = alphabet[random(alphabet.count)]
                case 1: bytes.insert(alphabet[random(alphabet.count)], at: index)
                default: bytes.remove(at: index)
                }
            }
            guard let time = Timestamp(String(decoding: bytes, as: UTF8.self)) else { continue }
            if !(-62_135_596_800_000...253_402_300_799_999).contains(time.milliseconds) {
                Issue.record("\(String(decoding: bytes, as: UTF8.self)) is read as \(time.milliseconds)")
            }
        }
    }
}
