import Billing
import Fields
import HTTP
import Runtime
import Storage
import Testing

@testable import Gateways

@Suite struct InboundNoticesTests {
    private static let gateway = "sandbox_alpha"

    private static func notice(
        _ id: String = "sbn_1", type: String = "payment.succeeded", payment: UInt64 = 1, charge: String = "sbc_1"
    ) -> SandboxNotice {
        var notice = SandboxNotice()
        notice.id = id
        notice.type = type
        notice.session = "sbs_1"
        notice.charge = charge
        notice.payment = PaymentHash(value: UInt128(payment))
        return notice
    }

    private static func send(_ notice: SandboxNotice, _ fixture: SandboxFixture) async -> InboundAnswer {
        let signature = SandboxSignature(fixture.ledger.vault, fixture.application, gateway)
        let header = signature.header(notice.body, at: fixture.clock.now())
        let request = Request(
            method: .post, target: "/", headers: Headers([("Sandbox-Signature", header)]), body: notice.body)
        return await fixture.inbound.receive(gateway: gateway, application: fixture.application, request: request)
    }

    private static func event(_ fixture: SandboxFixture) async throws -> GatewayEvent {
        try #require(try await fixture.events().last)
    }

    @Test func `a notice is stored sealed, answered, and acted on once`() throws {
        try SandboxFixture.run { fixture in
            try await fixture.keep(fixture.payment(), gateway: Self.gateway, session: "sbs_1")
            let notice = Self.notice()
            #expect(await Self.send(notice, fixture).status == 200)
            let received = try await Self.event(fixture)
            #expect(received.status == .received)
            #expect(!received.raw.bytes.isEmpty)
            #expect(received.raw.bytes != notice.body)
            let body = try await fixture.store.read { fixture.inbound.body(of: received, in: $0) }
            #expect(body == notice.body)
            #expect(fixture.actions.all == [])
            try await fixture.advance(seconds: 0)
            #expect(await Self.send(notice, fixture).status == 200)
            try await fixture.advance(seconds: 100_000)
            let event = try await Self.event(fixture)
            #expect(event.status == .processed)
            #expect(event.deliveries == 2)
            #expect(event.nextTryAt == nil)
            #expect(try await fixture.events().count == 1)
            #expect(fixture.actions.all == ["look 1 1 gateway:sandbox_alpha"])
        }
    }

    @Test func `a notice that comes before our row waits for it`() throws {
        try SandboxFixture.run { fixture in
            _ = await Self.send(Self.notice(), fixture)
            try await fixture.advance(seconds: 40)
            let waiting = try await Self.event(fixture)
            #expect(waiting.status == .received)
            #expect(waiting.tries == 3)
            // The payment is there, its session is not.
            try await fixture.keep(fixture.payment(), gateway: Self.gateway, session: "")
            try await fixture.advance(seconds: 120)
            #expect(try await Self.event(fixture).note == "The payment has no such session.")
            try await fixture.keep(fixture.payment(), gateway: Self.gateway, session: "sbs_1")
            try await fixture.advance(seconds: 600)
            #expect(try await Self.event(fixture).status == .processed)
            #expect(fixture.actions.all.count == 1)
        }
    }

    @Test func `after a day an unknown object is ignored`() throws {
        try SandboxFixture.run { fixture in
            _ = await Self.send(Self.notice(), fixture)
            try await fixture.advance(seconds: 86_000)
            #expect(try await Self.event(fixture).status == .received)
            try await fixture.advance(seconds: 5000)
            let event = try await Self.event(fixture)
            #expect(event.status == .ignored)
            #expect(event.tries < 40)
            #expect(event.nextTryAt == nil)
        }
    }

    @Test func `what cannot be done is tried again, for a day`() throws {
        try SandboxFixture.run { fixture in
            try await fixture.keep(fixture.payment(), gateway: Self.gateway, session: "sbs_1")
            fixture.actions.fail(times: 2)
            _ = await Self.send(Self.notice(), fixture)
            try await fixture.advance(seconds: 60)
            #expect(try await Self.event(fixture).status == .processed)
            fixture.actions.fail(times: 1000)
            _ = await Self.send(Self.notice("sbn_2"), fixture)
            try await fixture.advance(seconds: 100_000)
            let event = try #require(try await fixture.events().first { $0.gatewayID == "sbn_2" })
            #expect(event.status == .failed)
            #expect(event.note == "Not now.")
        }
    }

    @Test func `a dispute is recorded once its charge is known`() throws {
        try SandboxFixture.run { fixture in
            _ = await Self.send(Self.notice(type: "charge.disputed"), fixture)
            try await fixture.advance(seconds: 1)
            #expect(fixture.actions.all == [])
            try await fixture.keep(fixture.payment(), gateway: Self.gateway, session: "sbs_1", charge: "sbc_1")
            try await fixture.advance(seconds: 10)
            #expect(fixture.actions.all == ["dispute 1"])
        }
    }

    @Test func `a kind this server does not act on is kept and ignored`() throws {
        try SandboxFixture.run { fixture in
            #expect(await Self.send(Self.notice(type: "payout.paid"), fixture).status == 200)
            let event = try await Self.event(fixture)
            #expect(event.status == .ignored)
            #expect(event.nextTryAt == nil)
        }
    }

    @Test func `another application's payment is nothing to a notice`() throws {
        try SandboxFixture.run { fixture in
            var payment = fixture.payment()
            payment.application = ApplicationID(value: 0xbad)
            try await fixture.keep(payment, gateway: Self.gateway, session: "sbs_1")
            _ = await Self.send(Self.notice(), fixture)
            try await fixture.advance(seconds: 100_000)
            #expect(try await Self.event(fixture).status == .ignored)
            #expect(fixture.actions.all == [])
        }
    }

    @Test func `unknown places answer 404`() throws {
        try SandboxFixture.run { fixture in
            let request = Request(method: .post, target: "/")
            for (gateway, application) in [
                ("sandbox_gamma", fixture.application), (Self.gateway, ApplicationID(value: 1)),
                (String(repeating: "x", count: 2000), fixture.application),
            ] {
                let answer = await fixture.inbound.receive(
                    gateway: gateway, application: application, request: request)
                #expect(answer.status == 404)
            }
        }
    }

    @Test func `the last hundred unverifiable notices are kept in memory, cut`() throws {
        try SandboxFixture.run { fixture in
            for count in 0..<105 {
                let body = [UInt8](repeating: 0x61, count: 10_000 + count)
                let answer = await fixture.inbound.receive(
                    gateway: Self.gateway, application: fixture.application,
                    request: Request(method: .post, target: "/", body: body))
                #expect(answer.status == 400)
            }
            let refusals = fixture.inbound.refusals(of: fixture.application, gateway: Self.gateway)
            #expect(refusals.count == 100)
            #expect(refusals.allSatisfy { $0.body.count == 8192 && $0.reason == "The notice carries no signature." })
            #expect(fixture.inbound.refusals(of: fixture.application, gateway: "sandbox_beta").isEmpty)
            let events = try await fixture.events()
            #expect(events.isEmpty)
        }
    }

    @Test func `a replay acts again, and its gate can refuse it`() throws {
        try SandboxFixture.run { fixture in
            try await fixture.keep(fixture.payment(), gateway: Self.gateway, session: "sbs_1")
            _ = await Self.send(Self.notice(), fixture)
            try await fixture.advance(seconds: 0)
            let id = try await Self.event(fixture).id
            let replayed = try await fixture.inbound.replay(
                id, application: fixture.application, by: .system, first: { _ in })
            #expect(replayed.status == .processed)
            #expect(replayed.deliveries == 1)
            #expect(fixture.actions.all.count == 2)
            await #expect(throws: Billing.Refusal.notFound("gateway event")) {
                try await fixture.inbound.replay(
                    id, application: ApplicationID(value: 1), by: .system, first: { _ in })
            }
            await #expect(throws: Billing.Refusal(.requestReplayed, "Again.")) {
                try await fixture.inbound.replay(id, application: fixture.application, by: .system) { _ in
                    throw Billing.Refusal(.requestReplayed, "Again.")
                }
            }
            #expect(fixture.actions.all.count == 2)
            fixture.actions.fail(times: 1)
            let failed = try await fixture.inbound.replay(
                id, application: fixture.application, by: .system, first: { _ in })
            #expect(failed.status == .received)
            #expect(failed.note == "Not now.")
        }
    }

    @Test func `without waiting, notices are acted on in tasks of their own`() throws {
        try SandboxFixture.run { fixture in
            try await fixture.keep(fixture.payment(), gateway: Self.gateway, session: "sbs_1")
            for number in 0..<10 { _ = await Self.send(Self.notice("sbn_\(number)"), fixture) }
            let count = await fixture.inbound.runDue(
                of: fixture.application, now: fixture.clock.now(), waits: false)
            #expect(count == 10)
            for _ in 0..<1000 where fixture.inbound.running.withLock({ $0 }) > 0 {
                await fixture.doors.scheduler.sleep(until: fixture.clock.instant().adding(milliseconds: 1))
            }
            #expect(try await fixture.events().allSatisfy { $0.status == .processed })
            #expect(fixture.actions.all.count == 10)
        }
    }
}
