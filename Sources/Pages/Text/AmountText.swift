/// An amount of money for people: exact digits, the language's separators, a symbol where one is common.
package enum AmountText {
    /// - Parameters:
    ///   - minorUnits: The amount in the currency's smallest unit; a negative one is written with a minus sign.
    ///   - currency: The ISO 4217 code.
    ///   - fractionDigits: 0 to 6, as ISO 4217 gives for the currency.
    package static func format(
        minorUnits: Int64, currency: String, fractionDigits: Int, language: Language = .english
    ) -> String {
        let number = digits(minorUnits.magnitude, fractionDigits: fractionDigits, language: language)
        let sign = minorUnits < 0 ? "\u{2212}" : ""
        let symbol = symbol(currency, language: language)
        switch language {
        case .english:
            // A symbol stands close, a code apart.
            return sign + symbol + (symbol == currency ? "\u{a0}" : "") + number
        case .portuguese: return sign + symbol + "\u{a0}" + number
        case .german, .french, .spanish: return sign + number + "\u{a0}" + symbol
        }
    }

    private static func digits(_ magnitude: UInt64, fractionDigits: Int, language: Language) -> String {
        let places = min(max(fractionDigits, 0), 6)
        var text = String(magnitude)
        if text.count <= places { text = String(repeating: "0", count: places + 1 - text.count) + text }
        let whole = text.dropLast(places)
        let fraction = text.suffix(places)
        let separators: (group: String, decimal: String) =
            switch language {
            case .english: (",", ".")
            case .portuguese, .german, .spanish: (".", ",")
            case .french: ("\u{202f}", ",")
            }
        // Spanish writes four digits together.
        let isGrouped = whole.count > (language == .spanish ? 4 : 3)
        var result = ""
        for (index, digit) in whole.enumerated() {
            if isGrouped, index > 0, (whole.count - index) % 3 == 0 { result += separators.group }
            result.append(digit)
        }
        return places == 0 ? result : result + separators.decimal + fraction
    }

    /// The sign people know, or the code itself.
    private static func symbol(_ currency: String, language: Language) -> String {
        switch currency {
        case "USD":
            switch language {
            case .english, .german: "$"
            case .french: "$US"
            case .portuguese, .spanish: "US$"
            }
        case "EUR": "€"
        case "GBP": "£"
        case "JPY": "¥"
        case "CNY": "CN¥"
        case "INR": "₹"
        case "KRW": "₩"
        case "VND": "₫"
        case "ILS": "₪"
        case "BRL": "R$"
        case "CAD": "CA$"
        case "AUD": "A$"
        case "NZD": "NZ$"
        case "MXN": "MX$"
        case "HKD": "HK$"
        case "TWD": "NT$"
        default: currency
        }
    }
}
