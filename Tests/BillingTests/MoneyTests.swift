import Bytes
import Fields
import JSON
import Testing

@testable import Billing

@Suite struct MoneyTests {
    private static let kwd = Currency("KWD") ?? .none
    private static let jpy = Currency("JPY") ?? .none

    private static func usd(_ units: Int64) -> Money { Money(units, .usd) }

    @Test(arguments: [(Int64.max, Int64(1)), (1, .max), (.min, -1), (-1, .min), (.max, .max)])
    func `addition that overflows throws`(left: Int64, right: Int64) {
        #expect(throws: MoneyError.overflow) { try Self.usd(left).adding(Self.usd(right)) }
    }

    @Test(arguments: [(Int64.min, Int64(1)), (0, .min), (.max, -1), (-2, .max)])
    func `subtraction that overflows throws`(left: Int64, right: Int64) {
        #expect(throws: MoneyError.overflow) { try Self.usd(left).subtracting(Self.usd(right)) }
    }

    @Test(arguments: [(Int64.max, Int64(2)), (.min, -1), (.min, 2), (4_611_686_018_427_387_904, 2)])
    func `multiplication that overflows throws`(units: Int64, factor: Int64) {
        #expect(throws: MoneyError.overflow) { try Self.usd(units).multiplied(by: factor) }
    }

    @Test func `sums up to the edge are exact`() throws {
        #expect(try Self.usd(.max - 1).adding(Self.usd(1)) == Self.usd(.max))
        #expect(try Self.usd(.min + 1).subtracting(Self.usd(1)) == Self.usd(.min))
        #expect(try Self.usd(.min).multiplied(by: 1) == Self.usd(.min))
    }

    @Test func `two currencies do not mix`() {
        let yen = Money(5, Self.jpy)
        #expect(throws: MoneyError.currenciesDiffer) { try Self.usd(5).adding(yen) }
        #expect(throws: MoneyError.currenciesDiffer) { try Self.usd(5).subtracting(yen) }
        #expect(!yen.isLess(than: Self.usd(6)) && !Self.usd(4).isLess(than: yen))
        #expect(yen != Self.usd(5))
    }

    @Test(
        arguments: [
            (1, 1, 2, 1), (-1, 1, 2, -1), (1, 1, 3, 0), (2, 1, 3, 1), (-2, 1, 3, -1), (5, 1, 10, 1), (-5, 1, 10, -1),
            (4, 1, 10, 0), (-4, 1, 10, 0), (15, 1, 10, 2), (25, 1, 10, 3), (-25, 1, 10, -3), (100, 0, 7, 0),
            (999, 17, 31, 548), (1, -1, 2, -1), (-1, -1, 2, 1),
        ] as [(Int64, Int64, Int64, Int64)])
    func `a share is rounded half away from zero, once`(
        units: Int64, numerator: Int64, denominator: Int64, expected: Int64
    ) throws {
        #expect(try Self.usd(units).scaled(by: numerator, over: denominator) == Self.usd(expected))
    }

    @Test func `a share is computed on 128 bits`() throws {
        #expect(try Self.usd(.max).scaled(by: .max, over: .max) == Self.usd(.max))
        #expect(try Self.usd(.min).scaled(by: .max, over: .max) == Self.usd(.min))
        #expect(throws: MoneyError.overflow) { try Self.usd(.min).scaled(by: .min, over: .max) }
        #expect(try Self.usd(9_000_000_000_000_000_000).scaled(by: 3, over: 4) == Self.usd(6_750_000_000_000_000_000))
        #expect(throws: MoneyError.overflow) { try Self.usd(.max).scaled(by: 3, over: 2) }
        #expect(throws: MoneyError.overflow) { try Self.usd(.min).scaled(by: .min, over: 1) }
    }

    @Test func `shares of a whole differ from it by less than one unit each`() throws {
        for units in [1, 99, 100, 101, 12_345, 1_000_000_007] as [Int64] {
            for parts in 1...37 as ClosedRange<Int64> {
                let share = try Self.usd(units).scaled(by: 1, over: parts)
                let difference = try share.multiplied(by: parts).subtracting(Self.usd(units)).units
                #expect(abs(difference) * 2 <= parts)
            }
        }
    }

    @Test func `amounts are written with the currency's decimals`() {
        #expect(Self.usd(9999).description == "99.99")
        #expect(Self.usd(-5).description == "-0.05")
        #expect(Self.usd(0).description == "0.00")
        #expect(Money(1234, Self.jpy).description == "1234")
        #expect(Money(1234, Self.kwd).description == "1.234")
        #expect(Self.usd(.min).description == "-92233720368547758.08")
        #expect(Self.usd(.max).description == "92233720368547758.07")
    }

    @Test(arguments: [Int64.min, -1, 0, 1, 127, 128, .max])
    func `stored amounts come back with their currency`(units: Int64) throws {
        for currency in [Currency.usd, Self.jpy, Self.kwd] {
            var refund = Refund()
            refund.amount = Money(units, currency)
            let back = try RecordCodec.decode(Refund.self, RecordCodec.encode(refund))
            #expect(back.amount == refund.amount)
        }
    }
}
