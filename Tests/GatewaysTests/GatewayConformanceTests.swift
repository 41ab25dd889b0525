import Billing
import Gateways
import HTTP
import Runtime
import Storage
import Testing

@testable import Gateways

@Suite struct GatewayConformanceTests {
    static let adapters = ["sandbox_alpha", "sandbox_beta"]

    private func check(
        _ name: String, _ body: @escaping @Sendable (GatewayConformance, SandboxFixture) async throws -> Void
    ) throws {
        try SandboxFixture.run { fixture in
            let adapter = name == "sandbox_alpha" ? fixture.alpha : fixture.beta
            let count = Guarded<UInt64>(0)
            let order: @Sendable (Int64, [Fault]) -> Order = { units, faults in
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                return fixture.order(adapter, fixture.payment(number, units: units), faults: faults)
            }
            try await body(
                GatewayConformance(adapter: adapter, order: order, paying: SandboxFixture.paying(adapter)), fixture)
        }
    }

    @Test(arguments: adapters) func `keyed calls are done once`(_ name: String) throws {
        try check(name) { suite, _ in try await suite.keyedCallsAreDoneOnce() }
    }

    @Test(arguments: adapters) func `a key belongs to its parameters`(_ name: String) throws {
        try check(name) { suite, _ in try await suite.keysBelongToTheirParameters() }
    }

    @Test(arguments: adapters) func `a session is paid once`(_ name: String) throws {
        try check(name) { suite, _ in try await suite.aSessionIsPaidOnce() }
    }

    @Test(arguments: adapters) func `an expired session takes no money`(_ name: String) throws {
        try check(name) { suite, _ in try await suite.anExpiredSessionTakesNoMoney() }
    }

    @Test(arguments: adapters) func `a session is of one payment and amount`(_ name: String) throws {
        try check(name) { suite, _ in try await suite.anotherPaymentsSessionIsRefused() }
    }

    @Test(arguments: adapters) func `refunds stay within the charge`(_ name: String) throws {
        try check(name) { suite, _ in try await suite.refundsStayWithinTheCharge() }
    }

    @Test(arguments: adapters) func `lookups tell what lost answers hid`(_ name: String) throws {
        try check(name) { suite, _ in try await suite.lookupsTellWhatLostAnswersHid() }
    }

    @Test(arguments: adapters) func `an unreachable gateway proves nothing about earlier calls`(_ name: String) throws {
        try check(name) { suite, _ in try await suite.unreachableProvesNothingAboutEarlierCalls() }
    }

    @Test(arguments: adapters) func `notices are verified`(_ name: String) throws {
        try check(name) { suite, fixture in
            var notice = SandboxNotice()
            notice.id = "sbn_1"
            notice.type = "payment.succeeded"
            notice.session = "sbs_1"
            notice.payment = PaymentHash(value: 5)
            let signature = SandboxSignature(fixture.ledger.vault, fixture.application, name)
            let now = fixture.clock.now()
            let header = signature.header(notice.body, at: now)
            let request = Request(
                method: .post, target: "/", headers: Headers([("Sandbox-Signature", header)]), body: notice.body)
            try await suite.noticesAreVerified(request, fixture.account(suite.adapter), now: now)
        }
    }

    @Test(arguments: adapters) func `paying and cancelling at once leaves one truth`(_ name: String) throws {
        for seed in UInt64(1)...10 {
            try SandboxFixture.run(seed: seed) { fixture in
                let adapter = name == "sandbox_alpha" ? fixture.alpha : fixture.beta
                let order = fixture.order(adapter, fixture.payment())
                guard case .opened(let session, _) = await adapter.startCheckout(order, key: "s") else {
                    Issue.record("no session")
                    return
                }
                let outcome = Guarded<Outcome?>(nil)
                let expiry = Guarded<ExpiryOutcome?>(nil)
                fixture.doors.scheduler.spawn(on: 0) {
                    let captured = await adapter.capture(
                        session, order, with: SandboxFixture.paying(adapter), key: "c")
                    outcome.withLock { $0 = captured }
                }
                fixture.doors.scheduler.spawn(on: 0) {
                    let cancelled = await adapter.cancel(session, order)
                    expiry.withLock { $0 = cancelled }
                }
                for _ in 0..<1000 where outcome.withLock({ $0 }) == nil || expiry.withLock({ $0 }) == nil {
                    await fixture.doors.scheduler.sleep(until: fixture.clock.instant().adding(milliseconds: 1))
                }
                let isPaid = if case .succeeded? = outcome.withLock({ $0 }) { true } else { false }
                #expect(expiry.withLock { $0 } == (isPaid ? .inProgress : .expired))
                let status = await adapter.status(session, order, key: "c")
                if case .succeeded = status { #expect(isPaid) } else { #expect(!isPaid) }
            }
        }
    }
}
