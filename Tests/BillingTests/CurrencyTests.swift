import Testing

@testable import Billing

@Suite struct CurrencyTests {
    /// The table's entries as they are written: code and decimals.
    private static let entries: [(code: String, digits: Int)] = {
        let text = CurrencyTable.entries.description
        var entries: [(String, Int)] = []
        var rest = Substring(text)
        while rest.count >= 4 {
            entries.append((String(rest.prefix(3)), rest.dropFirst(3).first?.wholeNumberValue ?? -1))
            rest = rest.dropFirst(4)
        }
        return entries
    }()

    @Test func `the table is sorted, unique and whole`() {
        let codes = Self.entries.map(\.code)
        #expect(CurrencyTable.entries.utf8CodeUnitCount == codes.count * 4)
        #expect(codes == codes.sorted() && Set(codes).count == codes.count)
        #expect(codes.count > 150)
        #expect(Self.entries.allSatisfy { (0...4).contains($0.digits) })
    }

    @Test func `every currency is found, with its decimals`() {
        for (code, digits) in Self.entries {
            let currency = Currency(code)
            #expect(currency?.digits == digits && currency?.description == code)
            #expect(currency.flatMap { Currency(packed: $0.code) } == currency)
        }
    }

    @Test func `nothing else is found`() {
        let known = Set(Self.entries.map(\.code))
        let letters = (0x41...0x5a as ClosedRange<UInt8>).map { String(UnicodeScalar($0)) }
        for one in letters {
            for two in letters {
                for three in letters where !known.contains(one + two + three) {
                    if Currency(one + two + three) != nil { Issue.record("\(one)\(two)\(three)") }
                }
            }
        }
        for text in ["", "US", "USDX", "usd", "U$D", "ÜSD", "US ", "XXX", "XTS"] { #expect(Currency(text) == nil) }
        #expect(Currency(packed: 0) == nil && Currency(packed: .max) == nil)
    }

    @Test(
        arguments: [
            ("USD", 2), ("EUR", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("BHD", 3), ("TND", 3), ("CLF", 4), ("ISK", 0),
            ("HUF", 2), ("CLP", 0), ("VND", 0), ("UGX", 0), ("MGA", 2), ("IQD", 3), ("XAF", 0), ("GBP", 2),
        ])
    func `the decimals are those of ISO 4217`(code: String, digits: Int) {
        #expect(Currency(code)?.digits == digits)
    }
}
