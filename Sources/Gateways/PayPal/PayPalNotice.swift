import Billing
import JSON

/// Reads what one of PayPal's notices is about. What it says is a hint: the object is read from PayPal.
enum PayPalNotice {
    private static let limits = JSONLimits(depth: 24, byteCount: 256 << 10, memberCount: 2_000)

    /// The body as one JSON object; nil when it is none.
    static func object(_ body: [UInt8]) -> JSONObject? {
        guard case .object(let object)? = try? JSON.parse(body, limits: limits) else { return nil }
        return object
    }

    static func read(_ object: JSONObject) throws(NoticeError) -> Notice {
        guard let id = object.text("id"), let type = object.text("event_type"),
            let resource = object.object("resource")
        else { throw .malformed("A member is missing or has the wrong form.") }
        let owner = owner(of: resource)
        return Notice(
            id: id, type: type, subject: subject(type, resource), payment: owner?.payment, attempt: owner?.attempt)
    }

    private static func owner(of resource: JSONObject) -> PayPalName.Owner? {
        let units = resource.objects("purchase_units")
        let transactions = resource.objects("disputed_transactions")
        let customs =
            [resource.text("custom_id")] + units.map { $0.text("custom_id") } + transactions.map { $0.text("custom") }
        return customs.lazy.compactMap { PayPalName.owner($0) }.first
    }

    private static func subject(_ type: String, _ resource: JSONObject) -> Notice.Subject {
        func named(_ name: String?, _ make: (String) -> Notice.Subject) -> Notice.Subject {
            guard let name, PayPalName.isSafe(name) else { return .other }
            return make(name)
        }
        switch type {
        case "CHECKOUT.ORDER.APPROVED": return named(resource.text("id")) { .session($0) }
        case "CHECKOUT.PAYMENT-APPROVAL.REVERSED":
            return named(resource.text("order_id") ?? resource.text("id")) { .session($0) }
        case "PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.PENDING", "PAYMENT.CAPTURE.DENIED",
            "PAYMENT.CAPTURE.DECLINED":
            let order = resource.object("supplementary_data")?.object("related_ids")?.text("order_id")
            return named(order ?? resource.text("id")) { .session($0) }
        case "PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED":
            return named(PayPalRefund.capture(in: resource)) { .refunds(charge: $0) }
        case "VAULT.PAYMENT-TOKEN.CREATED":
            // The order through which it was saved keeps it for its customer.
            if let order = resource.object("metadata")?.text("order_id") { return named(order) { .session($0) } }
            return named(resource.text("id")) { .method(token: $0) }
        case "VAULT.PAYMENT-TOKEN.DELETED": return named(resource.text("id")) { .method(token: $0) }
        case "CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.RESOLVED":
            let transaction = resource.objects("disputed_transactions").first
            return named(transaction?.text("seller_transaction_id")) { .dispute(charge: $0) }
        default: return .other
        }
    }
}
