import Billing
import JSON
import Testing

@testable import Gateways

@Suite struct PayPalMoneyTests {
    @Test(
        arguments: [
            ("USD", 1_000, "10.00"), ("EUR", 1, "0.01"), ("JPY", 1_000, "1000"), ("HUF", 120_000, "1200"),
            ("TWD", 5_000, "50"), ("GBP", 123_456_789, "1234567.89"),
        ] as [(String, Int64, String)])
    func `amounts have the decimals of PayPal`(code: String, units: Int64, text: String) throws {
        let amount = Money(units, try #require(Currency(code)))
        #expect(try PayPalMoney.text(amount) == text)
        let object = JSONObject([("currency_code", .string(code)), ("value", .string(text))])
        #expect(PayPalMoney.read(object) == amount)
    }

    @Test(
        arguments: [
            ("HUF", 120_050, "amount_not_supported"), ("TWD", 1, "amount_not_supported"),
            ("KWD", 1_000, "currency_not_supported"), ("USD", 0, "amount_not_supported"),
            ("USD", -5, "amount_not_supported"), ("ISK", 500, "currency_not_supported"),
        ] as [(String, Int64, String)])
    func `what PayPal cannot take is told before it is asked`(code: String, units: Int64, reason: String) throws {
        let amount = Money(units, try #require(Currency(code)))
        do {
            _ = try PayPalMoney.text(amount)
            Issue.record("taken")
        } catch {
            #expect(error.failure.code == reason)
            #expect(error.failure.category == .gateway)
        }
    }

    @Test(arguments: ["10.001", "1e99", "", "ten", "99999999999999999999.00", "1.0.0", "-"])
    func `an amount that is not exact is none`(text: String) {
        let object = JSONObject([("currency_code", .string("USD")), ("value", .string(text))])
        #expect(PayPalMoney.read(object) == nil)
    }
}
