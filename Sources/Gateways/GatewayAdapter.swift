package import Billing
package import HTTP
package import Runtime

/// One gateway's protocol. An adapter performs calls and reports what is proven about them; it decides nothing and
/// writes nothing of ours.
///
/// Every keyed call may be made twice with the same key: the gateway does it once.
package protocol GatewayAdapter: Sendable {
    /// The adapter's permanent name, such as `sandbox_alpha`.
    var name: String { get }

    /// Opens a session in which the buyer pays. Moves no money.
    func startCheckout(_ order: Order, key: String) async -> StartOutcome
    /// Moves the money of a session the buyer acted on.
    func capture(_ session: String, _ order: Order, with instrument: Instrument, key: String) async -> Outcome
    /// What became of a session and of its money-moving call; `notExecuted` only as proof that no money moved and
    /// none will.
    ///
    /// - Parameter session: Empty for the charge of a saved method, which is known by its key alone; there
    ///   `notExecuted` says that the gateway has not seen the key, and the same call may be sent again.
    func status(_ session: String, _ order: Order, key: String) async -> Outcome
    /// Expires a session, so that it can take no money any more.
    func cancel(_ session: String, _ order: Order) async -> ExpiryOutcome
    func refund(_ charge: String, _ amount: Money, _ order: Order, key: String) async -> RefundOutcome
    /// What became of a refund's call; `notExecuted` when the gateway does not know the key.
    func refundStatus(_ charge: String, _ order: Order, key: String) async -> RefundOutcome

    /// Opens a session in which the buyer leaves a method for later, without paying.
    func startSave(_ order: Order, key: String) async -> StartOutcome
    /// Charges a saved method without the buyer. `requiresAction` means that nothing was taken.
    func charge(_ token: String, _ order: Order, key: String) async -> Outcome
    /// Makes the gateway forget a saved method; true when it has none of that name any more.
    func forget(_ token: String, _ account: Account) async -> Bool
    /// Charges of ours since `time`, where the gateway lists them; nil where it cannot.
    func list(since time: Timestamp, _ account: Account) async -> [Charge]?
    /// Whether the account's credentials work: nil, or what is wrong.
    func test(_ account: Account) async -> String?

    /// Verifies a notice and says what it is about.
    func readEvent(_ request: Request, _ account: Account, now: Timestamp) throws(NoticeError) -> Notice
}

/// One application's account at a gateway.
package struct Account: Sendable {
    package let application: ApplicationID
    package let configuration: GatewayConfiguration

    package init(application: ApplicationID, configuration: GatewayConfiguration) {
        self.application = application
        self.configuration = configuration
    }
}

/// What an adapter needs to know of a payment.
package struct Order: Sendable {
    package let account: Account
    package let payment: PaymentHash
    package let attempt: Int64
    package let amount: Money
    package let description: String
    package let customerEmail: String?
    /// The checkout page of ours to which the buyer comes back.
    package let checkoutURL: String
    package let expiresAt: Timestamp
    package let savesMethod: Bool

    package init(
        account: Account, payment: Payment, attempt: Int64, customerEmail: String?, checkoutURL: String
    ) {
        self.account = account
        self.payment = payment.hash
        self.attempt = attempt
        self.amount = payment.amount
        self.description = payment.description
        self.customerEmail = customerEmail
        self.checkoutURL = checkoutURL
        self.expiresAt = payment.expiresAt
        self.savesMethod = payment.savesMethod
    }
}

/// What the buyer did on a page of a session.
package enum Instrument: Sendable {
    /// A card entered on the sandbox's own page; the only card number that ever reaches this server.
    case card(SandboxCard)
    /// Approved at the gateway.
    case approval
    /// Refused at the gateway.
    case refusal
}

/// The outcome of opening a session.
package enum StartOutcome: Sendable, Equatable {
    /// The gateway's name of the session, and where the buyer acts.
    case opened(session: String, url: String)
    /// Proven not executed.
    case notExecuted(Failure)
    /// The answer was lost; no money can have moved.
    case lost(Failure)
}

/// What a verified notice is about.
package struct Notice: Sendable, Equatable {
    /// What is to be read from the gateway.
    package enum Subject: Sendable, Equatable {
        /// A session or charge whose state is to be read from the gateway.
        case session(String)
        case dispute(charge: String)
        /// A kind this server does not act on.
        case other
    }

    /// The gateway's id of the notice: the same one acts once.
    package let id: String
    package let type: String
    package let subject: Subject
    /// The payment it names, where it does.
    package let payment: PaymentHash?

    package init(id: String, type: String, subject: Subject, payment: PaymentHash?) {
        self.id = id
        self.type = type
        self.subject = subject
        self.payment = payment
    }
}

/// Why a notice cannot be believed.
package enum NoticeError: Error, Equatable {
    case unsigned
    case wrongSignature
    case tooOld
    case malformed(String)
}
