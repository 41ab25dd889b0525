import Billing
import Gateways
import Runtime
import Scenarios
import Simulation
import Testing

@Suite struct PaymentEngineReplacementTests {
    @Test func `choosing another gateway expires the open session first`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.opened()
            #expect(try await story.start(payment, "far_beta") == .buyer(url: payment.hostedURL + "/pay/2"))
            #expect(try story.now(payment).attempts.map(\.status) == [.abandoned, .requiresAction])
            #expect(!story.alpha.pay("far_alpha_s1"))
            #expect(try await story.submit(payment, attempt: 2) == .completed)
        }
        #expect(try story.findings() == [])
    }

    @Test func `the same gateway again is the same session`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.opened()
            #expect(try await story.start(payment) == .buyer(url: payment.hostedURL + "/pay/1"))
            #expect(story.alpha.sessions.count == 1)
        }
    }

    @Test func `a session that turns out paid is followed, not replaced`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.opened()
            story.alpha.pay("far_alpha_s1")
            #expect(try await story.start(payment, "far_beta") == .completed)
            #expect(try story.now(payment).status == .completed)
        }
        #expect(story.beta.records.isEmpty)
        #expect(try story.findings() == [])
    }

    @Test func `where expiry is impossible the late success of the old session is refunded`() throws {
        let story = try EngineStory()
        story.alpha.setCanExpire(false)
        try story.run { story in
            let payment = try await story.opened()
            _ = try await story.start(payment, "far_beta")
            #expect(try story.now(payment).attempts.map(\.status) == [.superseded, .requiresAction])
            story.alpha.pay("far_alpha_s1")
            guard
                case .refundedAutomatically = try await story.engine.look(
                    payment.hash, attempt: 1, by: .gateway("far_alpha"))
            else {
                Issue.record("not refunded")
                return
            }
            #expect(try await story.submit(payment, attempt: 2) == .completed)
            await story.wait(seconds: 5)
            let now = try story.now(payment)
            #expect(now.gateway == "far_beta" && now.refunds.map(\.status) == [.succeeded])
        }
        #expect(story.alpha.taken.map(\.refunded) == [10_000] && story.beta.taken.map(\.refunded) == [0])
        #expect(story.world.logLines.contains { $0.contains("payment_refunded_automatically") })
        #expect(try story.findings() == [])
    }

    @Test func `a gateway that does not tell keeps its session, and the buyer is not sent elsewhere`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.opened()
            story.alpha.setFate { call, _ in call == .cancel || call == .status ? .vanished : .answered(after: 0) }
            let step = try await story.start(payment, "far_beta")
            #expect(step == .buyer(url: payment.hostedURL + "/pay/1"))
            #expect(story.beta.records.isEmpty)
            story.alpha.setFate { _, _ in .answered(after: 0) }
            #expect(try await story.start(payment, "far_beta") == .buyer(url: payment.hostedURL + "/pay/2"))
        }
    }

    @Test func `a cancelled payment's open session is expired first`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.opened()
            #expect(try await story.cancel(payment).status == .cancelled)
            #expect(!story.alpha.pay("far_alpha_s1"))
            #expect(await EngineStory.code { _ = try await story.submit(payment) } == .invalidState)
            #expect(await EngineStory.code { _ = try await story.cancel(payment) } == .invalidState)
        }
    }

    @Test func `cancelling a payment whose session was paid completes it instead`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.opened()
            story.alpha.pay("far_alpha_s1")
            #expect(await EngineStory.code { _ = try await story.cancel(payment) } == .invalidState)
            #expect(try story.now(payment).status == .completed)
        }
        #expect(try story.findings() == [])
    }

    @Test func `money after cancellation is given back`() throws {
        let story = try EngineStory()
        story.alpha.setCanExpire(false)
        try story.run { story in
            let payment = try await story.opened()
            #expect(try await story.cancel(payment).status == .cancelled)
            story.alpha.pay("far_alpha_s1")
            _ = try await story.engine.look(payment.hash, attempt: 1, by: .gateway("far_alpha"))
            await story.wait(seconds: 5)
            #expect(try story.now(payment).status == .cancelled)
        }
        #expect(try story.findings() == [])
    }

    @Test func `an open session of an expired payment that turns out paid completes it`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.opened()
            story.alpha.pay("far_alpha_s1")
            await story.wait(seconds: 86_460)
            let now = try story.now(payment)
            #expect(now.status == .completed && !now.isLate)
        }
        #expect(try story.findings() == [])
    }

    @Test func `an open session of an expired payment is expired with it`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.opened()
            await story.wait(seconds: 86_460)
            let now = try story.now(payment)
            #expect(now.status == .cancelled && now.cancellationReason == .expired)
            #expect(!story.alpha.pay("far_alpha_s1"))
        }
    }

    @Test func `expiry waits while the gateway cannot be asked`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.opened()
            story.alpha.setFate { _, _ in .unsent }
            await story.wait(seconds: 87_000)
            #expect(try story.now(payment).status == .pending)
            #expect(story.alpha.records.count < 60)
            story.alpha.setFate { _, _ in .answered(after: 0) }
            await story.wait(seconds: 120)
            #expect(try story.now(payment).status == .cancelled)
        }
    }
}
