import Billing
import JSON

/// Amounts as PayPal writes them: decimal text with the decimals that PayPal gives a currency.
enum PayPalMoney {
    /// The currencies PayPal takes, and their decimals there. ISO 4217 gives HUF and TWD two; PayPal takes whole ones.
    static let decimals: [(code: String, count: Int)] = [
        ("AUD", 2), ("BRL", 2), ("CAD", 2), ("CHF", 2), ("CNY", 2), ("CZK", 2), ("DKK", 2), ("EUR", 2), ("GBP", 2),
        ("HKD", 2), ("HUF", 0), ("ILS", 2), ("INR", 2), ("JPY", 0), ("MXN", 2), ("MYR", 2), ("NOK", 2), ("NZD", 2),
        ("PHP", 2), ("PLN", 2), ("SEK", 2), ("SGD", 2), ("THB", 2), ("TWD", 0), ("USD", 2),
    ]

    /// The text of an amount, such as `10.00`.
    ///
    /// - Throws: why PayPal cannot take it; nothing needs to be asked.
    static func text(_ amount: Money) throws(PayPalRefused) -> String {
        let code = amount.currency.description
        guard let count = decimals.first(where: { $0.code == code })?.count else {
            throw PayPalRefused(Failure("currency_not_supported", "PayPal does not take \(code).", .gateway))
        }
        guard amount.isPositive else {
            throw PayPalRefused(Failure("amount_not_supported", "PayPal takes no payment of nothing.", .gateway))
        }
        var units = amount.units
        var dropped = amount.currency.digits - count
        while dropped > 0 {
            guard units % 10 == 0 else {
                throw PayPalRefused(
                    Failure("amount_not_supported", "PayPal takes \(code) in whole units only.", .gateway))
            }
            units /= 10
            dropped -= 1
        }
        var json = JSONWriter(capacity: 24)
        json.fixed(units, digits: count)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// Reads `{"currency_code", "value"}`; nil for an amount that does not fit its currency exactly.
    static func read(_ object: JSONObject?) -> Money? {
        guard let object, let currency = object.text("currency_code").flatMap({ Currency($0) }),
            let text = object.text("value"), text.utf8.count <= 32,
            case .exact(let units)? = JSONDecimal(text)?.scaled(by: currency.digits)
        else { return nil }
        return Money(units, currency)
    }
}
