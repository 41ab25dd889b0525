import JSON
import Testing

@Suite struct JSONNumberTests {
    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("1", 1), ("-1", -1), ("1.0", 1), ("1e2", 100), ("100e-2", 1), ("1.50e1", 15),
            ("0.1e1", 1), ("-12.30e2", -1230),
            ("999999999999999999", 999_999_999_999_999_999), ("9223372036854775807", .max),
            ("-9223372036854775808", .min),
            ("-9223372036854775808.000", .min), ("9.223372036854775807e18", .max), ("0e999999999999999999999999", 0),
            ("0.000", 0), ("1e18", 1_000_000_000_000_000_000),
            ("10000000000000000000000000000000000000000e-40", 1), ("0.00000000000000000000000000000000000000001e41", 1),
            ("1.5", nil), ("0.1", nil), ("1e-1", nil), ("9223372036854775808", nil), ("-9223372036854775809", nil),
            ("1e19", nil),
            ("100000000000000000000", nil), ("1e400", nil), ("-1e999999999999999999999", nil), ("1e-400", nil),
            ("1.0000000000000000000000000000000000000001", nil),
            ("99999999999999999999999999999999999999999999", nil),
        ] as [(String, Int64?)])
    func `a whole number in range is an integer, however written`(text: String, integer: Int64?) throws {
        let number = try #require(JSONNumber(text))
        #expect(number.text == text)
        #expect(number.integer == integer)
    }

    @Test(arguments: [
        "", " ", "1 ", " 1", "+1", "01", "-", ".5", "1.", "1e", "1e+", "0x1", "NaN", "1,0", "1_0", "--1", "1é", "１",
        "-01", "1.5.5", "\"1\"",
    ])
    func `a text outside the grammar is no number`(text: String) {
        #expect(JSONNumber(text) == nil)
        #expect(JSONDecimal(text) == nil)
    }

    @Test(arguments: [Int64.min, -1, 0, 1, 42, .max])
    func `an integer comes back`(integer: Int64) {
        #expect(JSONNumber(integer).integer == integer)
        #expect(JSONNumber(integer).text == String(integer))
    }

    @Test(
        arguments: [
            ("99.99", 9999, -2), ("1e-2", 1, -2), ("0.1e1", 1, 0), ("100000000000000000000", 1, 20), ("-0", 0, 0),
            ("0.00", 0, 0), ("0e5", 0, 0),
            ("-12.3400", -1234, -2), ("1200", 12, 2), ("1200e-2", 12, 0), ("0.001", 1, -3), ("100.001", 100_001, -3),
            ("5E+3", 5, 3),
            ("99999999999999999999999999999999999999", 99_999_999_999_999_999_999_999_999_999_999_999_999, 0),
            ("-9.9999999999999999999999999999999999999", -99_999_999_999_999_999_999_999_999_999_999_999_999, -37),
            (
                "12345678901234567890123456789012345678000000000000",
                12_345_678_901_234_567_890_123_456_789_012_345_678, 12
            ),
            ("1e1000", 1, 1000), ("1e-1000", 1, -1000), ("10e999", 1, 1000), ("0.1e1001", 1, 1000),
            ("0.1e-999", 1, -1000), ("1.0e00000000000000000000000000002", 1, 2),
        ] as [(String, Int128, Int32)])
    func `a decimal is exact and normalised`(text: String, significand: Int128, exponent: Int32) throws {
        let decimal = try #require(JSONNumber(text)?.decimal)
        #expect(decimal.significand == significand)
        #expect(decimal.exponent == exponent)
        #expect(JSONDecimal(text) == decimal)
        #expect(JSONDecimal(("x" + text).dropFirst()) == decimal)
    }

    @Test(arguments: [
        "999999999999999999999999999999999999999", "1.00000000000000000000000000000000000001",
        "123456789012345678901234567890123456789",
        "1e1001", "1e-1001", "10e1000", "0.1e-1000", "1e99999999999999999999999999", "-1e-99999999999999999999999999",
        "1e9223372036854775808",
    ])
    func `a number with too many digits or too far an exponent has no decimal`(text: String) throws {
        let number = try #require(JSONNumber(text))
        #expect(number.decimal == nil)
        #expect(number.integer == nil)
    }

    @Test func `long runs of zeros are no digits`() throws {
        let zeros = String(repeating: "0", count: 900)
        #expect(JSONDecimal("1" + zeros) == JSONDecimal("1e900"))
        #expect(JSONDecimal("0." + zeros + "1") == JSONDecimal("1e-901"))
        #expect(JSONDecimal("0." + zeros) == JSONDecimal("0"))
        #expect(JSONDecimal("1" + zeros + zeros) == nil)
        #expect(JSONDecimal("1" + zeros + "1") == nil)
        #expect(JSONDecimal("1" + zeros + zeros + "e-1800") == JSONDecimal("1"))
    }

    @Test(
        arguments: [
            ("99.99", 2, .exact(9999)), ("30", 2, .exact(3000)), ("1e-2", 2, .exact(1)), ("0.1e1", 2, .exact(100)),
            ("-0.01", 2, .exact(-1)), ("-0", 2, .exact(0)),
            ("0.000", 0, .exact(0)), ("0.001", 2, .tooPrecise), ("1e-3", 2, .tooPrecise), ("99.999", 2, .tooPrecise),
            ("0.5", 0, .tooPrecise), ("1.10", 1, .exact(11)),
            ("1.234", 3, .exact(1234)), ("5", 0, .exact(5)), ("100000000000000000000", 2, .outOfRange),
            ("100000000000000000000", 0, .outOfRange),
            ("92233720368547758.07", 2, .exact(.max)), ("92233720368547758.08", 2, .outOfRange),
            ("-92233720368547758.08", 2, .exact(.min)), ("-92233720368547758.09", 2, .outOfRange),
            ("9223372036854775807", 0, .exact(.max)), ("9223372036854775808", 0, .outOfRange),
            ("-9223372036854775808", 0, .exact(.min)), ("9223372036854775807", 1, .outOfRange),
            ("1e18", 0, .exact(1_000_000_000_000_000_000)), ("1e19", 0, .outOfRange),
            ("9e18", 0, .exact(9_000_000_000_000_000_000)), ("1e1000", 2, .outOfRange), ("1e-1000", 2, .tooPrecise),
            ("1e-1000", 1000, .exact(1)), ("92233720368547758071e-1", 0, .tooPrecise), ("0e1000", 18, .exact(0)),
        ] as [(String, Int, JSONDecimal.Scaled)])
    func `a decimal in units is exact, or the reason why not`(text: String, digits: Int, scaled: JSONDecimal.Scaled)
        throws
    {
        #expect(try #require(JSONDecimal(text)).scaled(by: digits) == scaled)
    }

    @Test func `amounts come back from their fixed form`() throws {
        var units: Int64 = 1
        for step in 0..<2_000 {
            units = units &* 6_364_136_223_846_793_005 &+ Int64(step)
            for digits in [0, 2, 3, 18] {
                var writer = JSONWriter()
                writer.fixed(units >> Int64(step % 60), digits: digits)
                let decimal = try #require(JSONDecimal(String(decoding: writer.bytes, as: UTF8.self)))
                #expect(decimal.scaled(by: digits) == .exact(units >> Int64(step % 60)))
            }
        }
    }

    @Test func `units finer than any decimal are a mistake of the caller`() async {
        await #expect(processExitsWith: .failure) { _ = JSONDecimal("1")?.scaled(by: 1001) }
    }
}
