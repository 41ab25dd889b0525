import Billing
import Gateways
import HTTP
import Runtime
import Synchronization

/// A gateway that says yes, for tests of what stands before it; a saved method's token decides on its charges.
final class FakeGateway: GatewayAdapter {
    let name: String
    private let scheduler: any Scheduler
    private let clock: any Clock
    /// Milliseconds that each refund takes.
    let refundMilliseconds = Atomic<Int>(0)
    let refundCount = Atomic<Int>(0)
    let forgotten = Atomic<Int>(0)
    /// Milliseconds that each charge of a saved method takes.
    let chargeMilliseconds = Atomic<Int>(0)
    /// The keys of charges of saved methods that took money.
    let charged = Guarded<[String]>([])
    /// Charges of saved methods that were asked for.
    let chargeCount = Atomic<Int>(0)

    /// Tokens of saved methods: what the gateway says when they are charged.
    static let goodToken = "good"
    static let poorToken = "poor"
    static let stolenToken = "stolen"
    static let silentToken = "silent"

    init(_ name: String, _ doors: Doors) {
        self.name = name
        scheduler = doors.scheduler
        clock = doors.clock
    }

    func startCheckout(_ order: Order, key: String) async -> StartOutcome {
        .opened(session: "session-" + key, url: "https://gateway.example/pay")
    }

    func capture(_ session: String, _ order: Order, with instrument: Instrument, key: String) async -> Outcome {
        .succeeded(
            Charge(
                reference: "charge-" + key, amount: order.amount,
                method: MethodSummary(type: "card", brand: "visa", last4: "4242")))
    }

    func status(_ session: String, _ order: Order, key: String) async -> Outcome {
        .notExecuted(Failure("not_found", "Nothing was charged.", .gateway))
    }

    func cancel(_ session: String, _ order: Order) async -> ExpiryOutcome { .expired }

    func refund(_ charge: String, _ amount: Money, _ order: Order, key: String) async -> RefundOutcome {
        refundCount.add(1, ordering: .relaxed)
        let wait = refundMilliseconds.load(ordering: .relaxed)
        if wait > 0 { await scheduler.sleep(until: clock.instant().adding(milliseconds: wait)) }
        return .succeeded(reference: "refund-" + key)
    }

    func refundStatus(_ charge: String, reference: String?, _ order: Order, key: String) async -> RefundOutcome {
        .succeeded(reference: "refund-" + key)
    }

    func startSave(_ order: Order, key: String) async -> StartOutcome {
        .notExecuted(Failure("unsupported", "No.", .gateway))
    }

    func charge(_ token: String, _ order: Order, prepared: String, key: String) async -> Outcome {
        chargeCount.add(1, ordering: .relaxed)
        let wait = chargeMilliseconds.load(ordering: .relaxed)
        if wait > 0 { await scheduler.sleep(until: clock.instant().adding(milliseconds: wait)) }
        switch token {
        case Self.goodToken:
            charged.withLock { $0.append(key) }
            return .succeeded(
                Charge(
                    reference: "charge-" + key, amount: order.amount,
                    method: MethodSummary(type: "card", brand: "visa", last4: "4242")))
        case Self.poorToken: return .declined(Failure("insufficient_funds", "The card has too little.", .issuer))
        case Self.stolenToken: return .declined(Failure("stolen_card", "The card was stolen.", .issuer))
        case Self.silentToken: return .unknown("No answer came.")
        default: return .notExecuted(Failure("unsupported", "No.", .gateway))
        }
    }

    func forget(_ token: String, _ account: Account) async -> Bool {
        forgotten.add(1, ordering: .relaxed)
        return true
    }

    func list(since time: Timestamp, _ account: Account) async -> [ListedCharge]? { nil }
    func test(_ account: Account) async -> String? { nil }

    func readEvent(_ request: Request, _ account: Account, now: Timestamp) throws(NoticeError) -> Notice {
        throw .unsigned
    }
}
