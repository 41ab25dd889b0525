import Billing

/// Names that travel between this server and PayPal.
enum PayPalName {
    /// What an order is for; told by the text that PayPal keeps with it.
    enum Kind: Sendable, Equatable {
        /// The buyer approves it on PayPal's page.
        case hosted
        /// A saved method is charged without the buyer.
        case saved
    }

    /// What an order or capture says it belongs to.
    struct Owner: Sendable, Equatable {
        let payment: PaymentHash
        let attempt: Int64
        let kind: Kind
    }

    /// The `custom_id` of an order: payment, attempt, and what it is for.
    static func custom(_ order: Order, _ kind: Kind) -> String {
        "\(order.payment)-\(order.attempt)" + (kind == .saved ? "-saved" : "")
    }

    /// Reads a `custom_id`; nil for one that is not ours.
    static func owner(_ custom: String?) -> Owner? {
        guard let custom, custom.utf8.count <= 127 else { return nil }
        let parts = custom.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3 && parts[2] == "saved", let payment = PaymentHash(parts[0]),
            parts[1].utf8.count <= 9, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let attempt = Int64(parts[1])
        else { return nil }
        return Owner(payment: payment, attempt: attempt, kind: parts.count == 3 ? .saved : .hosted)
    }

    /// The `invoice_id` of an order, which PayPal takes money for once: a second guard against charging twice.
    ///
    /// A buyer who tries again after a decline gets another; an automatic payment has one for good, so that the same
    /// charge made again after a restore is refused.
    static func invoice(_ order: Order, _ kind: Kind) -> String {
        kind == .saved ? order.payment.description : "\(order.payment)-\(order.attempt)"
    }

    /// Marks a session in which a method is saved: PayPal names those like orders.
    static let setupPrefix = "setup-"

    /// PayPal's name of a setup token, when the session is one.
    static func setupToken(_ session: String) -> String? {
        session.hasPrefix(setupPrefix) ? String(session.dropFirst(setupPrefix.utf8.count)) : nil
    }

    /// Whether `text` can be a name of PayPal's, and stand in a path.
    static func isSafe(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) || $0 == 0x2d
                    || $0 == 0x5f
            }
    }
}
