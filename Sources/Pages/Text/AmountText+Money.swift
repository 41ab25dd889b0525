package import Billing

extension AmountText {
    /// An amount with its currency's own digits.
    package static func format(_ money: Money, _ language: Language) -> String {
        format(
            minorUnits: money.units, currency: money.currency.description, fractionDigits: money.currency.digits,
            language: language)
    }
}
