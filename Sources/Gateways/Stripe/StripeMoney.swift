import Billing

/// How Stripe counts money: an integer of its own minor unit, which is ISO 4217's but for a few currencies. Nothing is
/// rounded: an amount that Stripe cannot hold exactly is not sent there.
///
/// The least amount depends on the currency in which the account is paid out, which only Stripe knows; it refuses what
/// is below it.
enum StripeMoney {
    /// An amount as it is sent, or why Stripe cannot take it.
    enum Sent: Equatable {
        case units(Int64)
        case refused(Failure)
    }

    /// How a currency's minor units become Stripe's.
    enum Scale: Equatable {
        /// As they are.
        case same
        /// Ours are hundredths, Stripe's are whole: only whole ones fit.
        case whole
        /// Ours are whole, Stripe's are hundredths that end in 00.
        case hundredfold
        /// Thousandths whose last digit is 0.
        case tens
    }

    /// Currencies in which Stripe differs from ISO 4217.
    static let special: [(code: StaticString, scale: Scale)] = [
        ("MGA", .whole), ("ISK", .hundredfold), ("UGX", .hundredfold), ("BHD", .tens), ("JOD", .tens),
        ("KWD", .tens), ("OMR", .tens), ("TND", .tens),
    ]

    /// Currencies without decimals that Stripe takes, as ISO 4217 has them.
    static let zeroDecimal: [StaticString] = [
        "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF",
    ]

    /// Digits an amount may have, where it is not eight.
    static let longerAmounts: [(code: StaticString, digits: Int)] = [
        ("INR", 9), ("IDR", 12), ("JPY", 10), ("HUF", 10), ("COP", 10),
    ]

    /// How `currency` is counted; nil when Stripe does not take it.
    static func scale(of currency: Currency) -> Scale? {
        let code = currency.description
        if let row = special.first(where: { "\($0.code)" == code }) { return row.scale }
        switch currency.digits {
        case 2: return .same
        case 0: return zeroDecimal.contains { "\($0)" == code } ? .same : nil
        default: return nil
        }
    }

    /// The code as it is sent.
    static func code(of currency: Currency) -> String { currency.description.lowercased() }

    static func sent(_ money: Money) -> Sent {
        let currency = money.currency
        guard let scale = scale(of: currency) else {
            return .refused(Failure("currency_not_supported", "Stripe does not take \(currency).", .gateway))
        }
        guard money.isPositive else {
            return .refused(Failure("amount_too_small", "There is nothing to take.", .gateway))
        }
        let units: Int64
        switch scale {
        case .same: units = money.units
        case .whole, .tens:
            let step: Int64 = scale == .whole ? 100 : 10
            guard money.units % step == 0 else {
                return .refused(
                    Failure("amount_not_supported", "Stripe takes no fraction like this in \(currency).", .gateway))
            }
            units = scale == .whole ? money.units / 100 : money.units
        case .hundredfold:
            let (product, overflow) = money.units.multipliedReportingOverflow(by: 100)
            units = overflow ? .max : product
        }
        let code = currency.description
        let digits = longerAmounts.first { "\($0.code)" == code }?.digits ?? 8
        guard String(units).utf8.count <= digits else {
            return .refused(Failure("amount_too_large", "Stripe takes at most \(digits) digits.", .gateway))
        }
        return .units(units)
    }

    /// What Stripe's count and code mean; nil for a currency that is not known here, or an amount that it does not have.
    static func money(_ units: Int64?, _ code: String?) -> Money? {
        guard let units, units >= 0, let code, code.utf8.count == 3, let currency = Currency(code.uppercased()),
            let scale = scale(of: currency)
        else { return nil }
        switch scale {
        case .same, .tens: return Money(units, currency)
        case .whole:
            let (product, overflow) = units.multipliedReportingOverflow(by: 100)
            return overflow ? nil : Money(product, currency)
        case .hundredfold: return units % 100 == 0 ? Money(units / 100, currency) : nil
        }
    }
}
