import Billing
import Gateways
import HTTP
import Runtime
import Testing

/// What every adapter promises, checked against one. Each check uses a payment of its own.
struct GatewayConformance: Sendable {
    let adapter: any GatewayAdapter
    /// A new order of that many minor units, under scripted faults where the gateway has them.
    let order: @Sendable (_ units: Int64, _ faults: [Fault]) -> Order
    /// What pays a session at once.
    let paying: Instrument

    private func open(_ order: Order) async throws -> String {
        let outcome = await adapter.startCheckout(order, key: "start-\(order.payment)")
        guard case .opened(let session, let url) = outcome else {
            Issue.record("no session: \(outcome)")
            throw Incomplete()
        }
        #expect(url.hasPrefix("https://"))
        return session
    }

    private func pay(_ order: Order) async throws -> (session: String, charge: Charge) {
        let session = try await open(order)
        let outcome = await adapter.capture(session, order, with: paying, key: "capture-\(order.payment)")
        guard case .succeeded(let charge) = outcome else {
            Issue.record("not paid: \(outcome)")
            throw Incomplete()
        }
        return (session, charge)
    }

    /// The check ended early; an issue says why.
    struct Incomplete: Error {}

    func keyedCallsAreDoneOnce() async throws {
        let order = order(5000, [])
        let session = try await open(order)
        #expect(try await open(order) == session)
        let first = await adapter.capture(session, order, with: paying, key: "once")
        let again = await adapter.capture(session, order, with: paying, key: "once")
        #expect(first == again)
        guard case .succeeded(let charge) = first else { throw Incomplete() }
        #expect(charge.amount == order.amount)
        let refund = await adapter.refund(charge.reference, Money(2000, .usd), order, key: "refund-once")
        #expect(await adapter.refund(charge.reference, Money(2000, .usd), order, key: "refund-once") == refund)
        // 3,000 are left, as the refund was made once.
        let rest = await adapter.refund(charge.reference, Money(3000, .usd), order, key: "refund-rest")
        guard case .succeeded = rest else { throw Incomplete() }
    }

    func keysBelongToTheirParameters() async throws {
        let order = order(5000, [])
        let (_, charge) = try await pay(order)
        _ = await adapter.refund(charge.reference, Money(1000, .usd), order, key: "refund")
        guard case .failed = await adapter.refund(charge.reference, Money(1001, .usd), order, key: "refund") else {
            Issue.record("a key was used for two refunds")
            return
        }
    }

    func aSessionIsPaidOnce() async throws {
        let order = order(5000, [])
        let (session, charge) = try await pay(order)
        let again = await adapter.capture(session, order, with: paying, key: "another-key")
        if case .succeeded(let second) = again { #expect(second.reference == charge.reference) }
        let found = await adapter.status(session, order, key: "capture-\(order.payment)")
        guard case .succeeded(let known) = found else { throw Incomplete() }
        #expect(known.reference == charge.reference)
        #expect(await adapter.cancel(session, order) == .inProgress)
    }

    func anExpiredSessionTakesNoMoney() async throws {
        let order = order(5000, [])
        let session = try await open(order)
        #expect(await adapter.cancel(session, order) == .expired)
        #expect(await adapter.cancel(session, order) == .expired)
        guard case .notExecuted = await adapter.capture(session, order, with: paying, key: "late") else {
            Issue.record("an expired session was paid")
            return
        }
        guard case .notExecuted = await adapter.status(session, order, key: "late") else {
            Issue.record("an expired session is not proven unpaid")
            return
        }
    }

    func anotherPaymentsSessionIsRefused() async throws {
        let session = try await open(order(5000, []))
        for other in [order(5000, []), order(5001, [])] {
            guard case .notExecuted = await adapter.capture(session, other, with: paying, key: "w-\(other.payment)")
            else {
                Issue.record("a session was paid for another payment")
                return
            }
        }
    }

    func refundsStayWithinTheCharge() async throws {
        let order = order(5000, [])
        let (_, charge) = try await pay(order)
        guard case .succeeded = await adapter.refund(charge.reference, Money(4999, .usd), order, key: "r1"),
            case .failed = await adapter.refund(charge.reference, Money(2, .usd), order, key: "r2"),
            case .failed = await adapter.refund(charge.reference, Money(0, .usd), order, key: "r3"),
            case .succeeded(let reference) = await adapter.refund(
                charge.reference, Money(1, .usd), order, key: "r4")
        else {
            Issue.record("a refund went wrong")
            return
        }
        #expect(
            await adapter.refundStatus(charge.reference, reference: nil, order, key: "r4")
                == .succeeded(reference: reference))
        guard case .notExecuted = await adapter.refundStatus(charge.reference, reference: nil, order, key: "never")
        else {
            Issue.record("an unknown refund is not proven")
            return
        }
    }

    func lookupsTellWhatLostAnswersHid() async throws {
        let order = order(5000, [.timeoutAfterCharge])
        let session = try await open(order)
        for _ in 0..<2 {
            guard case .unknown = await adapter.capture(session, order, with: paying, key: "lost") else {
                Issue.record("the answer was not lost")
                return
            }
        }
        guard case .succeeded(let charge) = await adapter.status(session, order, key: "lost") else {
            Issue.record("the lookup did not answer")
            return
        }
        for _ in 0..<2 {
            guard case .unknown = await adapter.refund(charge.reference, Money(10, .usd), order, key: "lost-r") else {
                Issue.record("the refund's answer was not lost")
                return
            }
        }
        guard case .succeeded = await adapter.refundStatus(charge.reference, reference: nil, order, key: "lost-r")
        else {
            Issue.record("the refund's lookup did not answer")
            return
        }
    }

    func unreachableProvesNothingAboutEarlierCalls() async throws {
        let open = order(5000, [])
        let (session, _) = try await pay(open)
        for fault in [Fault.down, .timeoutBeforeSend] {
            let down = order(5000, [fault])
            guard case .notExecuted(let failure) = await adapter.startCheckout(down, key: "d-\(fault)") else {
                Issue.record("a call left")
                return
            }
            #expect(failure.category == .network)
            guard case .unknown = await adapter.status(session, down, key: "capture-\(open.payment)"),
                case .unknown = await adapter.refundStatus("any", reference: nil, down, key: "any"),
                case .unknown = await adapter.cancel(session, down)
            else {
                Issue.record("an unreachable gateway proved something")
                return
            }
            #expect(await adapter.test(down.account) != nil)
            #expect(await adapter.list(since: Timestamp(seconds: 0), down.account) == nil)
        }
        #expect(await adapter.test(open.account) == nil)
    }

    /// `notice` is one the gateway sent at `now`.
    func noticesAreVerified(_ notice: Request, _ account: Account, now: Timestamp) async throws {
        let read = try await adapter.readEvent(notice, account, now: now)
        #expect(!read.id.isEmpty)
        var body = notice.body
        body[body.count / 2] ^= 1
        let pairs = notice.headers.map { (name: $0.name, value: $0.value) }
        let tampered = Request(method: .post, target: notice.target, headers: Headers(pairs), body: body)
        await #expect(throws: NoticeError.wrongSignature) { try await adapter.readEvent(tampered, account, now: now) }
        let bare = Request(method: .post, target: notice.target, body: notice.body)
        await #expect(throws: NoticeError.unsigned) { try await adapter.readEvent(bare, account, now: now) }
        await #expect(throws: NoticeError.tooOld) {
            try await adapter.readEvent(notice, account, now: now.adding(seconds: 3600))
        }
        let stranger = Account(application: ApplicationID(value: 0xbad), configuration: account.configuration)
        await #expect(throws: NoticeError.wrongSignature) { try await adapter.readEvent(notice, stranger, now: now) }
    }
}
