import Billing
import JSON

extension DecimalAmount {
    /// So many cents.
    static func minor(_ units: Int64) -> DecimalAmount {
        DecimalAmount(decimal: JSONDecimal(Money(units, .usd).description))
    }
}
