import Fields
import JSON

@testable import Billing

extension PaymentInput {
    /// 99.99 USD by ada@example.com.
    static var sample: PaymentInput {
        var input = PaymentInput()
        input.amount = DecimalAmount(decimal: JSONDecimal("99.99"))
        input.currency = .usd
        input.description = "Order 1001"
        input.customerEmail = "ada@example.com"
        input.customerName = "Ada"
        return input
    }
}
