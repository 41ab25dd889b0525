import Billing
import Testing

@testable import Gateways

@Suite struct StripeMoneyTests {
    @Test(
        arguments: [
            ("USD", 9999, 9999), ("EUR", 1, 1), ("JPY", 500, 500), ("KRW", 1000, 1000), ("XPF", 7, 7),
            ("HUF", 17_500, 17_500),
            ("TWD", 150, 150), ("MGA", 12_300, 123), ("ISK", 5, 500), ("UGX", 3000, 300_000), ("KWD", 5120, 5120),
            ("BHD", 10, 10), ("JOD", 1230, 1230), ("OMR", 990, 990), ("TND", 1000, 1000),
            ("INR", 123_456_789, 123_456_789),
            ("IDR", 123_456_789_012, 123_456_789_012), ("COP", 1_234_567_890, 1_234_567_890),
            ("ISK", 999_999, 99_999_900),
        ] as [(String, Int64, Int64)])
    func `each currency is counted as Stripe counts it, and back`(code: String, ours: Int64, theirs: Int64) throws {
        let money = Money(ours, try .named(code))
        #expect(StripeMoney.sent(money) == .units(theirs))
        #expect(StripeMoney.money(theirs, code.lowercased()) == money)
    }

    @Test(arguments: ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"])
    func `currencies without decimals stay whole`(code: String) throws {
        #expect(StripeMoney.sent(Money(1234, try .named(code))) == .units(1234))
    }

    @Test(
        arguments: [
            ("MGA", 12_345, "amount_not_supported"), ("KWD", 5123, "amount_not_supported"),
            ("TND", 1, "amount_not_supported"), ("USD", 0, "amount_too_small"), ("USD", -5, "amount_too_small"),
            ("USD", 100_000_000, "amount_too_large"), ("ISK", 1_000_000, "amount_too_large"),
            ("INR", 1_000_000_000, "amount_too_large"), ("ISK", .max, "amount_too_large"),
            ("IQD", 1000, "currency_not_supported"), ("CLF", 10_000, "currency_not_supported"),
            ("UYI", 10, "currency_not_supported"),
        ] as [(String, Int64, String)])
    func `what Stripe cannot hold is not sent`(code: String, units: Int64, failure: String) throws {
        guard case .refused(let refusal) = StripeMoney.sent(Money(units, try .named(code))) else {
            Issue.record("sent")
            return
        }
        #expect(refusal.code == failure)
        #expect(refusal.category == .gateway)
    }

    @Test(
        arguments: [
            (550, "isk"), (-1, "usd"), (100, "zzz"), (100, "usdt"), (100, "iqd"), (.max, "mga"), (nil, "usd"),
            (100, nil),
        ] as [(Int64?, String?)])
    func `an amount that cannot be is none`(units: Int64?, code: String?) {
        #expect(StripeMoney.money(units, code) == nil)
    }
}
