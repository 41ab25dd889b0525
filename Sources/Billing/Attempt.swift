package import Fields
package import Runtime

/// Where a try stands.
package enum AttemptStatus: String, Choice {
    /// A call is out.
    case started
    /// The buyer has to act at the gateway.
    case requiresAction = "requires_action"
    case succeeded
    case declined
    /// Proven not executed.
    case errored
    /// A money-moving call left and no conclusive answer came.
    case unknown
    /// Replaced while its session could not be expired; a late success is refunded.
    case superseded
    /// Its session was expired at the gateway.
    case abandoned
}

/// Whether the gateway carried the money-moving call out.
package enum Executed: String, Choice {
    case no, yes, unknown
}

/// Which call of an attempt is out or was last.
package enum AttemptStep: String, Choice {
    /// Opens a session; moves no money.
    case start
    /// Moves the money.
    case capture
}

/// One try of a payment at one gateway.
package struct Attempt: Record, Equatable {
    /// From 1, in order of start.
    package var number: Int64 = 0
    package var gateway = ""
    package var status = AttemptStatus.started
    package var failure: Failure?
    /// Why the next step was taken.
    package var decision: String?
    package var executed = Executed.no
    /// The gateway's name for the session, intent or charge.
    package var gatewayReference: String?
    package var startedAt = Timestamp(milliseconds: 0)
    package var finishedAt: Timestamp?

    package var step = AttemptStep.start
    /// When the gateway is asked next about this attempt, also after a crash; nil when nothing is open.
    package var nextLookAt: Timestamp?
    /// When the money-moving call left whose outcome is unknown.
    package var unknownSince: Timestamp?
    package var lookups: Int64 = 0
    /// Where the buyer acts.
    package var actionURL: String?
    /// The gateway's name for the money: distinct charges are distinct successes.
    package var chargeReference: String?
    package var captured: Money?
    /// Whether the captured money counts for the payment; an uncounted success is refunded automatically.
    package var isCounted = false
    /// Whether somebody is expiring this attempt's session, so that it must not be used.
    package var isClaimed = false
    package var method: MethodSummary?
    /// How often the money-moving step was begun; each has a key of its own.
    package var captureCount: Int64 = 0
    /// The saved method that is charged without the buyer.
    package var savedMethod: PaymentMethodID?
    /// Whether the method that the buyer left was kept; some gateways name it only after the money was taken.
    package var isMethodKept = false

    package init() {}
    package static var schemaName: StaticString { "Attempt" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "number", &number)
        try visitor.field(2, "gateway", &gateway)
        try visitor.field(3, "status", &status)
        try visitor.field(4, "failure", &failure)
        try visitor.field(5, "decision", &decision, "Why the next step was taken.")
        try visitor.field(6, "executed", &executed, "Whether the gateway carried the money-moving call out.")
        try visitor.field(7, "gateway_reference", &gatewayReference)
        try visitor.field(8, "started_at", &startedAt)
        try visitor.field(9, "finished_at", &finishedAt)
        try visitor.stored(10, &step)
        try visitor.stored(11, &nextLookAt)
        try visitor.stored(12, &unknownSince)
        try visitor.stored(13, &lookups)
        try visitor.stored(14, &actionURL)
        try visitor.stored(15, &chargeReference)
        try visitor.stored(16, &captured)
        try visitor.stored(17, &isCounted)
        try visitor.stored(18, &isClaimed)
        try visitor.stored(19, &method)
        try visitor.stored(20, &captureCount)
        try visitor.stored(21, &savedMethod)
        try visitor.stored(22, &isMethodKept)
    }

    /// Until it succeeded, was declined, was not executed, or was proven unable to take money.
    package var isOpen: Bool {
        switch status {
        case .started, .requiresAction, .unknown: true
        case .succeeded, .declined, .errored, .superseded, .abandoned: false
        }
    }

    /// Whether a call that can move money is out or its outcome unknown.
    package var isInFlight: Bool {
        switch status {
        case .started: step == .capture
        case .unknown: true
        default: false
        }
    }

    /// Whether money can still arrive for it.
    package var canStillTakeMoney: Bool { isOpen || status == .superseded }

    /// The key of a call: (operation, payment, attempt, step), written before the call and the same after a crash.
    package func callKey(_ hash: PaymentHash, _ step: AttemptStep) -> String {
        "pay-\(hash)-\(number)-\(step.rawValue)" + (step == .capture ? "-\(captureCount)" : "")
    }

    /// Ends the attempt.
    mutating func finish(_ status: AttemptStatus, at now: Timestamp, decision: String) {
        self.status = status
        self.decision = decision
        finishedAt = now
        nextLookAt = nil
        unknownSince = nil
        actionURL = nil
        isClaimed = false
    }
}
