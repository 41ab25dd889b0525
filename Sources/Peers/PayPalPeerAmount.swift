import JSON

/// An amount at the peer: units of the decimals that PayPal gives its currency.
package struct PayPalPeerAmount: Sendable, Equatable {
    package let currency: String
    package let units: Int64

    /// Currencies without decimals; all others have two.
    private static let whole = ["HUF", "JPY", "TWD"]
    private static let known = [
        "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "INR", "JPY", "MXN", "MYR",
        "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD",
    ]

    init(currency: String, units: Int64) {
        self.currency = currency
        self.units = units
    }

    enum Problem: String, Error {
        case currency = "INVALID_CURRENCY_CODE"
        case precision = "DECIMAL_PRECISION"
        case form = "INVALID_PARAMETER_SYNTAX"
        case positive = "CANNOT_BE_ZERO_OR_NEGATIVE"
    }

    /// Reads `{"currency_code", "value"}` as strictly as PayPal does.
    init(_ object: JSONObject?) throws(Problem) {
        guard let object, case .string(let currency)? = object["currency_code"],
            case .string(let value)? = object["value"]
        else { throw .form }
        guard Self.known.contains(currency) else { throw .currency }
        guard let decimal = JSONDecimal(value) else { throw .form }
        switch decimal.scaled(by: Self.digits(currency)) {
        case .exact(let units):
            guard units > 0 else { throw .positive }
            self.init(currency: currency, units: units)
        case .tooPrecise: throw .precision
        case .outOfRange: throw .form
        }
    }

    private static func digits(_ currency: String) -> Int { whole.contains(currency) ? 0 : 2 }

    func write(_ name: StaticString, to json: inout JSONWriter, units other: Int64? = nil) {
        var text = JSONWriter()
        text.fixed(other ?? units, digits: Self.digits(currency))
        json.name(name)
        json.beginObject()
        json.name("currency_code")
        json.string(currency)
        json.name("value")
        json.string(String(decoding: text.bytes, as: UTF8.self))
        json.endObject()
    }
}
