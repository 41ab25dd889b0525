import Billing
import JSON

/// What an event of Stripe's is about.
enum StripeNotice {
    private static let limits = JSONLimits(depth: 24, byteCount: 256 << 10, memberCount: 20_000)

    /// - Parameter body: Of a notice whose signature holds.
    static func read(_ body: [UInt8], _ account: Account) throws(NoticeError) -> Notice {
        guard let value = try? JSON.parse(body, limits: limits), case .object(let event) = value else {
            throw .malformed("The body is no JSON object.")
        }
        guard let id = event.text("id"), StripeName.isValid(id, StripeName.event), let type = event.text("type"),
            let data = event.object("data"), let object = data.object("object")
        else { throw .malformed("A member is missing or has the wrong form.") }
        let mark = StripeMark(object)
        return Notice(
            id: id, type: type, subject: subject(type, object, data.object("previous_attributes")),
            payment: mark.payment(of: account), attempt: mark.attempt)
    }

    /// How events are read, by the beginning of their type.
    enum Kind: Sendable {
        /// The object itself is a session or charge.
        case state
        /// The object belongs to an intent, whose refunds are read.
        case refund
        case dispute
        case method
    }

    static let kinds: [(prefix: String, kind: Kind)] = [
        ("checkout.session.", .state), ("payment_intent.", .state), ("setup_intent.", .state),
        ("refund.", .refund), ("charge.refunded", .refund), ("charge.refund.", .refund),
        ("charge.dispute.", .dispute), ("payment_method.automatically_updated", .method),
        ("payment_method.updated", .method), ("payment_method.detached", .method),
    ]

    private static func subject(_ type: String, _ object: JSONObject, _ previous: JSONObject?) -> Notice.Subject {
        guard let kind = kinds.first(where: { type.hasPrefix($0.prefix) })?.kind else { return .other }
        switch kind {
        case .state:
            return object.text("id").flatMap { StripeName.isValid($0) ? .session($0) : nil } ?? .other
        case .refund:
            return intent(of: object).map { .refunds(charge: $0) } ?? .other
        case .dispute:
            return intent(of: object).map { .dispute(charge: $0) } ?? .other
        case .method:
            // A method that was taken away names its customer no more; the event tells who it was.
            let customer = object.name(of: "customer") ?? previous?.name(of: "customer")
            guard let customer, let name = object.text("id"), let type = object.text("type"),
                let token = StripeToken(customer: customer, method: name, type: type)
            else { return .other }
            return .method(token: token.text)
        }
    }

    private static func intent(of object: JSONObject) -> String? {
        object.name(of: "payment_intent").flatMap { StripeName.isValid($0, StripeName.intent) ? $0 : nil }
    }
}
