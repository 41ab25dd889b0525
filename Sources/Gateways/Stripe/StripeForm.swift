import Billing
import HTTP

/// The parameters of one call: names nested in brackets, amounts and moments as integers, absent means left out.
struct StripeForm {
    private var items = QueryItems()

    var text: String { items.text }
    var isEmpty: Bool { items.isEmpty }

    mutating func set(_ name: String, _ value: String) {
        items.append(name, value)
    }

    mutating func set(_ name: String, _ value: Int64) {
        items.append(name, String(value))
    }

    /// Says which payment of ours an object belongs to.
    mutating func mark(_ name: String, _ order: Order) {
        set("\(name)[\(StripeMark.payment)]", order.payment.description)
        set("\(name)[\(StripeMark.attempt)]", order.attempt)
        set("\(name)[\(StripeMark.application)]", order.account.application.description)
    }

    /// Asks for whole objects instead of their names.
    mutating func expand(_ paths: String...) {
        for (index, path) in paths.enumerated() { set("expand[\(index)]", path) }
    }
}
