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
    /// none will. `approved` says that the buyer agreed and `capture` takes the money.
    ///
    /// - Parameter session: What `prepareCharge` made, or empty for the charge of a saved method that is known by its
    ///   key alone; there `notExecuted` says that the gateway has not carried the call out, and the same call may be
    ///   sent again.
    func status(_ session: String, _ order: Order, key: String) async -> Outcome
    /// Expires a session, so that it can take no money any more.
    func cancel(_ session: String, _ order: Order) async -> ExpiryOutcome
    func refund(_ charge: String, _ amount: Money, _ order: Order, key: String) async -> RefundOutcome
    /// What became of a refund's call; `notExecuted` when the gateway does not know the key.
    ///
    /// - Parameter reference: The gateway's name of the refund, once it is known.
    func refundStatus(_ charge: String, reference: String?, _ order: Order, key: String) async -> RefundOutcome
    /// Every refund of a charge, also those made at the gateway by hand; nil where the gateway does not tell.
    func refunds(of charge: String, _ order: Order) async -> [ListedRefund]?

    /// Opens a session in which the buyer leaves a method for later, without paying.
    func startSave(_ order: Order, key: String) async -> StartOutcome
    /// Whether a charge of a saved method is made first, which moves no money, and carried out once its name is
    /// durable. What was never carried out is then proven not executed, whatever became of the call that made it.
    var preparesCharges: Bool { get }
    /// Makes a charge that `charge` carries out. Moves no money.
    func prepareCharge(_ token: String, _ order: Order, key: String) async -> StartOutcome
    /// Charges a saved method without the buyer. `requiresAction` means that nothing was taken.
    ///
    /// - Parameter prepared: The name of what `prepareCharge` made; empty where charges are not prepared.
    func charge(_ token: String, _ order: Order, prepared: String, key: String) async -> Outcome
    /// Makes the gateway forget a saved method; true when it has none of that name any more.
    func forget(_ token: String, _ account: Account) async -> Bool
    /// Charges of ours since `time`, where the gateway lists them; nil where it cannot.
    func list(since time: Timestamp, _ account: Account) async -> [ListedCharge]?
    /// The payment of ours that a session or charge of the gateway belongs to; nil when it names none.
    ///
    /// - Throws: when the gateway did not tell.
    func owner(of reference: String, _ account: Account) async throws(Untold) -> PaymentHash?
    /// What a saved method looks like now.
    func readMethod(_ token: String, _ account: Account) async -> MethodReading
    /// Whether the account's credentials work: nil, or what is wrong.
    func test(_ account: Account) async -> String?

    /// Has the gateway send its notices to `url`.
    func registerNotices(at url: String, _ account: Account) async -> Registration
    /// Verifies a notice and says what it is about.
    func readEvent(_ request: Request, _ account: Account, now: Timestamp) async throws(NoticeError) -> Notice
}

extension GatewayAdapter {
    package var preparesCharges: Bool { false }

    package func prepareCharge(_ token: String, _ order: Order, key: String) async -> StartOutcome {
        .opened(session: "", url: "")
    }

    package func refunds(of charge: String, _ order: Order) async -> [ListedRefund]? { nil }

    package func owner(of reference: String, _ account: Account) async -> PaymentHash? { nil }

    package func readMethod(_ token: String, _ account: Account) async -> MethodReading { .unknown }

    package func registerNotices(at url: String, _ account: Account) async -> Registration { .impossible }
}

/// The gateway did not tell: it may when it is asked again.
package struct Untold: Error {
    package init() {}
}

/// What came of asking a gateway to send its notices.
package enum Registration: Sendable, Equatable {
    /// The gateway's name of the address, and the secret that signs what it sends there; empty where it signs with a
    /// certificate.
    case registered(id: String, secret: String)
    case refused(Failure)
    /// The gateway sends no notices, or their address is set elsewhere.
    case impossible
}

/// A saved method as its gateway shows it.
package enum MethodReading: Sendable, Equatable {
    case present(SavedMethod)
    /// It cannot be charged any more.
    case gone
    /// The gateway did not tell.
    case unknown
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
    package let customerName: String?
    /// The page of ours at which the buyer pays or leaves a method.
    package let checkoutURL: String
    /// Where the gateway sends a buyer who is done: the state is read there, and what was approved is taken.
    package var returnURL: String { checkoutURL + "/return" }
    /// Where the gateway sends a buyer who turned back.
    package var backURL: String { checkoutURL + "/back" }
    package let locale: String?
    package let expiresAt: Timestamp
    package let savesMethod: Bool

    package init(
        account: Account, payment: Payment, attempt: Int64, customerEmail: String?, customerName: String? = nil,
        checkoutURL: String
    ) {
        self.account = account
        self.payment = payment.hash
        self.attempt = attempt
        self.amount = payment.amount
        self.description = payment.description
        self.customerEmail = customerEmail
        self.customerName = customerName
        locale = payment.locale
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

/// A charge as a gateway lists it.
package struct ListedCharge: Sendable, Equatable {
    package let charge: Charge
    /// The payment of ours that it names; nil when it names none.
    package let payment: PaymentHash?
    /// The session or prepared charge it belongs to.
    package let session: String

    package init(charge: Charge, payment: PaymentHash?, session: String) {
        self.charge = charge
        self.payment = payment
        self.session = session
    }
}

/// A refund as a gateway lists it.
package struct ListedRefund: Sendable, Equatable {
    package let reference: String
    package let amount: Money
    package let status: RefundStatus
    package let failure: Failure?
    /// The key of the call that made it; nil for one that was made at the gateway by hand.
    package let key: String?

    package init(reference: String, amount: Money, status: RefundStatus, failure: Failure? = nil, key: String? = nil) {
        self.reference = reference
        self.amount = amount
        self.status = status
        self.failure = failure
        self.key = key
    }
}

/// What a verified notice is about.
package struct Notice: Sendable, Equatable {
    /// What is to be read from the gateway.
    package enum Subject: Sendable, Equatable {
        /// A session or charge whose state is to be read from the gateway.
        case session(String)
        case dispute(charge: String)
        /// A charge whose refunds are to be read, also those made at the gateway by hand.
        case refunds(charge: String)
        /// A saved method that the gateway changed or took away; `readMethod` tells which.
        case method(token: String)
        /// A kind this server does not act on.
        case other
    }

    /// The gateway's id of the notice: the same one acts once.
    package let id: String
    package let type: String
    package let subject: Subject
    /// The payment it names, where it does.
    package let payment: PaymentHash?
    /// The attempt of that payment, where it names it.
    package let attempt: Int64?

    package init(id: String, type: String, subject: Subject, payment: PaymentHash?, attempt: Int64? = nil) {
        self.id = id
        self.type = type
        self.subject = subject
        self.payment = payment
        self.attempt = attempt
    }
}

/// Why a notice cannot be believed.
package enum NoticeError: Error, Equatable {
    case unsigned
    case wrongSignature
    case tooOld
    case malformed(String)
}
