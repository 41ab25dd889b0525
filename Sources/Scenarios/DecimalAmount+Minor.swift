package import Billing
import JSON

extension DecimalAmount {
    /// So many cents.
    package static func minor(_ units: Int64) -> DecimalAmount {
        DecimalAmount(decimal: JSONDecimal(Money(units, .usd).description))
    }
}
