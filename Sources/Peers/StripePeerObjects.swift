/// What the peer keeps of each object.
enum StripePeerObjects {
    typealias Metadata = [(name: String, value: String)]

    struct Session: Sendable {
        let id: String
        let mode: String
        let url: String
        var status = "open"
        var paymentStatus = "unpaid"
        let amount: Int64
        let currency: String
        let created: Int64
        let createsCustomer: Bool
        let savesMethod: Bool
        let metadata: Metadata
        let innerMetadata: Metadata
        var intent: String?
        var setupIntent: String?
        var customer: String?
    }

    struct Intent: Sendable {
        let id: String
        var status: String
        let amount: Int64
        var received: Int64 = 0
        let currency: String
        let created: Int64
        let metadata: Metadata
        var customer: String?
        var method: String?
        var charge: String?
        var isBlocked = false
        var lastError: Decline?
        var isSetup = false
    }

    struct Decline: Sendable {
        let code: String
        let declineCode: String?
        let advice: String?
        let message: String
    }

    struct Method: Sendable {
        let id: String
        var customer: String?
        var card: StripePeerCard
        var expiryMonth: Int64 = 12
        var expiryYear: Int64 = 2034
    }

    struct Refund: Sendable {
        let id: String
        let intent: String
        let amount: Int64
        let currency: String
        var status: String
        var failureReason: String?
        let created: Int64
        let metadata: Metadata
    }

    struct Endpoint: Sendable {
        let id: String
        let url: String
        let secret: String
    }
}
