import Billing
import Peers
import Runtime
import Testing

@testable import Gateways

/// Every way a call can go wrong, and what is proven then.
@Suite struct StripeFaultTests {
    private static let confirm = "POST /v1/payment_intents/*/confirm"

    /// A fault for the first call of an operation.
    private static func first(_ operation: String, _ fault: PeerFault) -> @Sendable (PeerCall) -> PeerFault? {
        { $0.operation == operation && $0.earlier == 0 ? fault : nil }
    }

    @Test(arguments: [
        PeerFault.cutAfter, .cutWithinAnswer, .silentAfter, .garbage, .storedError(isDone: true),
    ])
    func `a charge whose answer is lost is unknown, found, and never made twice`(fault: PeerFault) throws {
        try StripeFixture.run(script: Self.first(Self.confirm, fault)) { fixture in
            let token = fixture.peer.savedMethod()
            let order = fixture.order()
            let intent = try await fixture.prepare(token, order)
            let lost = await fixture.gateway.charge(token, order, prepared: intent, key: "c")
            #expect(lost.isUnknown)
            let found = await fixture.gateway.status(intent, order, key: "c")
            #expect(found.charge?.reference == intent)
            let again = await fixture.gateway.charge(token, order, prepared: intent, key: "c")
            // An error that Stripe keeps comes back for the key: the lookup tells.
            #expect(fault == .storedError(isDone: true) ? again.isUnknown : again == found)
            #expect(fixture.peer.taken.count == 1)
        }
    }

    @Test(arguments: [PeerFault.cutBefore, .silentBefore])
    func `a charge that never arrived is unknown until it is sent again`(fault: PeerFault) throws {
        try StripeFixture.run(script: Self.first(Self.confirm, fault)) { fixture in
            let token = fixture.peer.savedMethod()
            let order = fixture.order()
            let intent = try await fixture.prepare(token, order)
            #expect(await fixture.gateway.charge(token, order, prepared: intent, key: "c").isUnknown)
            #expect(await fixture.gateway.status(intent, order, key: "c") == .notExecuted(StripeReading.notTried))
            #expect(fixture.peer.taken.isEmpty)
            #expect(await fixture.gateway.charge(token, order, prepared: intent, key: "c").charge != nil)
            #expect(fixture.peer.taken.count == 1)
        }
    }

    @Test func `an error that Stripe keeps stays unknown, and the charge is proven untried`() throws {
        try StripeFixture.run(script: Self.first(Self.confirm, .storedError(isDone: false))) { fixture in
            let token = fixture.peer.savedMethod()
            let order = fixture.order()
            let intent = try await fixture.prepare(token, order)
            for _ in 0..<2 {
                #expect(await fixture.gateway.charge(token, order, prepared: intent, key: "c").isUnknown)
            }
            #expect(await fixture.gateway.status(intent, order, key: "c") == .notExecuted(StripeReading.notTried))
            #expect(await fixture.gateway.cancel(intent, order) == .expired)
            #expect(fixture.peer.taken.isEmpty)
        }
    }

    @Test func `turned away once, the same call is made once more`() throws {
        try StripeFixture.run(script: Self.first(Self.confirm, .rateLimited)) { fixture in
            let token = fixture.peer.savedMethod()
            let order = fixture.order()
            let intent = try await fixture.prepare(token, order)
            #expect(await fixture.gateway.charge(token, order, prepared: intent, key: "c").charge != nil)
            let confirms = fixture.peer.calls.filter { $0.operation == Self.confirm }
            #expect(confirms.map(\.key) == ["c", "c"])
        }
    }

    @Test func `turned away twice, nothing was done`() throws {
        try StripeFixture.run(script: { _ in .rateLimited }) { fixture in
            let order = fixture.order()
            #expect(await fixture.gateway.startCheckout(order, key: "k") == .notExecuted(StripeVerdict.turnedAway))
            #expect(
                await fixture.gateway.charge("cus_1/pm_1", order, prepared: "pi_1", key: "c")
                    == .notExecuted(StripeVerdict.turnedAway))
            #expect(
                await fixture.gateway.refund("pi_1", Money(1, .usd), order, key: "r")
                    == .notExecuted(StripeVerdict.turnedAway))
            #expect(await fixture.gateway.status("pi_1", order, key: "c").isUnknown)
        }
    }

    @Test func `a call that is still going on is unknown, and then what it became`() throws {
        try StripeFixture.run(script: Self.first(Self.confirm, .slow(milliseconds: 90_000))) { fixture in
            let token = fixture.peer.savedMethod()
            let order = fixture.order()
            let intent = try await fixture.prepare(token, order)
            // Sixty seconds pass before it is given up; sent again, its key is in use, also once more.
            #expect(await fixture.gateway.charge(token, order, prepared: intent, key: "c").isUnknown)
            #expect(await fixture.gateway.charge(token, order, prepared: intent, key: "c").isUnknown)
            #expect(fixture.peer.calls.filter { $0.operation == Self.confirm }.count == 3)
            #expect(fixture.peer.taken.isEmpty)
            await fixture.doors.scheduler.sleep(until: fixture.doors.clock.instant().adding(seconds: 60))
            #expect(await fixture.gateway.status(intent, order, key: "c").charge?.reference == intent)
            #expect(await fixture.gateway.charge(token, order, prepared: intent, key: "c").charge != nil)
            #expect(fixture.peer.taken.count == 1)
        }
    }

    @Test func `a second call that was turned away proves nothing about a first that was busy`() throws {
        let script: @Sendable (PeerCall) -> PeerFault? = { call in
            guard call.operation == Self.confirm else { return nil }
            return call.earlier == 0 ? .slow(milliseconds: 90_000) : call.earlier == 2 ? .rateLimited : nil
        }
        try StripeFixture.run(script: script) { fixture in
            let token = fixture.peer.savedMethod()
            let order = fixture.order()
            let intent = try await fixture.prepare(token, order)
            #expect(await fixture.gateway.charge(token, order, prepared: intent, key: "c").isUnknown)
            // Busy, and then turned away.
            #expect(await fixture.gateway.charge(token, order, prepared: intent, key: "c").isUnknown)
        }
    }

    @Test func `a gateway that is down got nothing`() throws {
        try StripeFixture.run { fixture in
            let order = fixture.order()
            let token = fixture.peer.savedMethod()
            let intent = try await fixture.prepare(token, order)
            let session = try await fixture.open(order, key: "start-2")
            fixture.peer.server.goDown()
            guard
                case .notExecuted(let failure) = await fixture.gateway.charge(
                    token, order, prepared: intent, key: "c")
            else { throw StripeFixture.Unexpected() }
            #expect(failure.category == .network)
            guard case .notExecuted = await fixture.gateway.startCheckout(order, key: "start-3") else {
                throw StripeFixture.Unexpected()
            }
            guard case .notExecuted = await fixture.gateway.refund("pi_1", Money(1, .usd), order, key: "r") else {
                throw StripeFixture.Unexpected()
            }
            #expect(await fixture.gateway.status(session, order, key: "c").isUnknown)
            #expect(await fixture.gateway.cancel(session, order) != .expired)
            #expect(await fixture.gateway.list(since: StripeFixture.startTime, fixture.account) == nil)
            #expect(await fixture.gateway.readMethod(token, fixture.account) == .unknown)
            #expect(await !fixture.gateway.forget(token, fixture.account))
            await #expect(throws: Untold.self) {
                try await fixture.gateway.owner(of: session, fixture.account)
            }
            try fixture.peer.server.comeBack()
            #expect(await fixture.gateway.charge(token, order, prepared: intent, key: "c").charge != nil)
            #expect(fixture.peer.taken.count == 1)
        }
    }

    @Test(arguments: [PeerFault.cutAfter, .cutWithinAnswer, .garbage, .silentAfter])
    func `a lost session is found by its key and expired`(fault: PeerFault) throws {
        try StripeFixture.run(script: Self.first("POST /v1/checkout/sessions", fault)) { fixture in
            let order = fixture.order()
            guard case .lost = await fixture.gateway.startCheckout(order, key: "start-1") else {
                throw StripeFixture.Unexpected()
            }
            let session = try await fixture.open(order)
            #expect(await fixture.gateway.cancel(session, order) == .expired)
            #expect(fixture.peer.pay(session) == nil)
        }
    }

    @Test(arguments: [PeerFault.cutAfter, .cutBefore, .garbage])
    func `an expiry whose answer is lost is read`(fault: PeerFault) throws {
        try StripeFixture.run(script: Self.first("POST /v1/checkout/sessions/*/expire", fault)) { fixture in
            let order = fixture.order()
            let session = try await fixture.open(order)
            let outcome = await fixture.gateway.cancel(session, order)
            if fault == .cutBefore {
                guard case .unknown = outcome else { throw StripeFixture.Unexpected() }
                #expect(fixture.peer.pay(session) != nil)
                #expect(await fixture.gateway.cancel(session, order) == .inProgress)
            } else {
                #expect(outcome == .expired)
            }
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `a crash anywhere, and the same calls again, end in one charge`(seed: UInt64) throws {
        let faults: [PeerFault?] = [
            nil, .cutBefore, .cutAfter, .cutWithinAnswer, .garbage, .rateLimited, .storedError(isDone: true), nil,
        ]
        let script: @Sendable (PeerCall) -> PeerFault? = { call in
            call.number > 12 ? nil : faults[Int((seed &* 31 &+ UInt64(call.number) &* 17) % 8)]
        }
        try StripeFixture.run(seed: seed, script: script) { fixture in
            let token = fixture.peer.savedMethod()
            let order = fixture.order()
            var prepared: String?
            var outcome = Outcome.unknown("")
            // Each round is a process that knows only what the one before wrote down.
            for _ in 0..<20 where outcome.charge == nil {
                if prepared == nil,
                    case .opened(let intent, _) = await fixture.gateway.prepareCharge(
                        token, order, key: "start-1")
                {
                    prepared = intent
                }
                guard let intent = prepared else { continue }
                _ = await fixture.gateway.charge(token, order, prepared: intent, key: "capture-1")
                outcome = await fixture.gateway.status(intent, order, key: "capture-1")
            }
            #expect(fixture.peer.taken.count <= 1)
            if let charge = outcome.charge { #expect(fixture.peer.taken.map(\.intent) == [charge.reference]) }
        }
    }

    @Test func `wrong credentials are the operator's, and nothing was done`() throws {
        try StripeFixture.run { fixture in
            var configuration = fixture.account.configuration
            configuration.gateway = "other"
            let account = Account(application: StripeFixture.application, configuration: configuration)
            // Sealed for another gateway, they open nothing.
            guard
                case .notExecuted(let failure) = await fixture.gateway.startCheckout(
                    StripeFixture.order(account: account), key: "k")
            else { throw StripeFixture.Unexpected() }
            #expect(failure.category == .configuration && fixture.peer.calls.isEmpty)
        }
    }
}
