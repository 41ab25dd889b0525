import JSON

/// What the peer remembers.
struct PayPalPeerBooks: Sendable {
    struct Order: Sendable {
        let id: String
        var status: String
        let custom: String?
        let invoice: String?
        let amount: PayPalPeerAmount
        /// Whether it was made with the wallet as its source.
        var hasSource: Bool
        /// Whether the buyer is asked to leave the method.
        let vaults: Bool
        let returnURL: String?
        let cancelURL: String?
        var captures: [Capture] = []
        var refunds: [Refund] = []
        /// The saved method that came of it.
        var token: String?
        /// Whether the saved method's name is told only later, by a notice.
        var isTokenLate = false
    }

    struct Capture: Sendable {
        let id: String
        var status: String
        var reason: String?
        let units: Int64
    }

    struct Refund: Sendable {
        let id: String
        let capture: String
        let units: Int64
        var status: String
        let custom: String?
    }

    struct Token: Sendable {
        let id: String
        let customer: String
        /// The issue with which every charge is refused; nil for a good one.
        var refusal: String?
    }

    struct Setup: Sendable {
        let id: String
        var status: String
        let customer: String
        let returnURL: String?
        let cancelURL: String?
    }

    struct Webhook: Sendable {
        let id: String
        let url: String
        var types: [String]
    }

    var orders: [Order] = []
    var tokens: [Token] = []
    var setups: [Setup] = []
    var webhooks: [Webhook] = []
    /// What came of a call with a request id: the same one again is shown the object as it stands now.
    var replays: [String: String] = [:]
    /// Access tokens that are taken.
    var accessTokens: [String] = []
    var accessTokenCount = 0
    private var count = 0

    /// A name like PayPal's: 17 letters and digits.
    mutating func name(_ prefix: String) -> String {
        count += 1
        let digits = String(count)
        let letters = "X1U4715N8K2Z0QR6W"
        return prefix + String(letters.prefix(17 - prefix.count - digits.count)) + digits
    }

    func order(_ id: String) -> Int? { orders.firstIndex { $0.id == id } }

    /// Where a capture lies.
    func capture(_ id: String) -> (order: Int, capture: Int)? {
        for (index, order) in orders.enumerated() {
            if let place = order.captures.firstIndex(where: { $0.id == id }) { return (index, place) }
        }
        return nil
    }

    func refund(_ id: String) -> (order: Int, refund: Int)? {
        for (index, order) in orders.enumerated() {
            if let place = order.refunds.firstIndex(where: { $0.id == id }) { return (index, place) }
        }
        return nil
    }

    /// Units of a capture that went back or may.
    func refunded(_ order: Order, _ capture: String) -> Int64 {
        order.refunds.reduce(0) { sum, refund in
            refund.capture == capture && refund.status != "FAILED" && refund.status != "CANCELLED"
                ? sum + refund.units : sum
        }
    }
}
