import Billing
import Gateways
import Runtime
import Scenarios
import Simulation
import Testing

@Suite struct PaymentEngineFailoverTests {
    private static let processingError = Instrument.card(
        SandboxCard(number: "4000000000000119", expiryMonth: 12, expiryYear: 2030, holder: "Ada"))

    @Test func `a gateway that cannot be reached is passed over at once`() throws {
        let story = try EngineStory()
        story.alpha.setFate { _, _ in .unsent }
        try story.run { story in
            let payment = try await story.node.createPayment()
            #expect(try await story.start(payment) == .buyer(url: payment.hostedURL + "/pay/2"))
            let now = try story.now(payment)
            #expect(now.attempts.map(\.gateway) == ["far_alpha", "far_beta"])
            #expect(now.attempts.map(\.status) == [.errored, .requiresAction])
            #expect(now.attempts[0].executed == .no && now.attempts[0].decision?.isEmpty == false)
            #expect(try await story.submit(payment, attempt: 2) == .completed)
        }
        #expect(story.alpha.taken.isEmpty && story.beta.taken.count == 1)
        #expect(try story.findings() == [])
    }

    @Test func `when no gateway can start, nothing is paid and the buyer may choose again`() throws {
        let story = try EngineStory()
        story.alpha.setFate { _, _ in .unsent }
        story.beta.setFate { _, _ in .unsent }
        try story.run { story in
            let payment = try await story.node.createPayment()
            guard case .unavailable = try await story.start(payment) else {
                Issue.record("a gateway started")
                return
            }
            #expect(try story.now(payment).status == .pending)
            story.beta.setFate { _, _ in .answered(after: 0) }
            guard case .buyer = try await story.start(payment) else {
                Issue.record("no gateway started")
                return
            }
        }
    }

    @Test func `a lost start moves no money: the next gateway opens, the lost session is expired`() throws {
        let story = try EngineStory()
        story.alpha.setFate { call, count in call == .start && count == 0 ? .answerLost : .answered(after: 0) }
        try story.run { story in
            let payment = try await story.node.createPayment()
            #expect(try await story.start(payment) == .buyer(url: payment.hostedURL + "/pay/2"))
            await story.wait(seconds: 1)
            // The key found the session, and it can take no money any more.
            #expect(story.alpha.count(of: .start) == 2 && story.alpha.sessions == ["far_alpha_s1"])
            #expect(Set(story.alpha.records.filter { $0.call == .start }.map(\.key)).count == 1)
            #expect(!story.alpha.pay("far_alpha_s1"))
            #expect(try story.now(payment).attempts.map(\.status) == [.errored, .requiresAction])
        }
    }

    @Test func `money that a lost session took all the same is recognised`() throws {
        let story = try EngineStory()
        story.alpha.setFate { call, count in
            (call == .start && count == 0) || call == .cancel ? .answerLost : .answered(after: 0)
        }
        story.alpha.setCanExpire(false)
        try story.run { story in
            let payment = try await story.node.createPayment()
            _ = try await story.start(payment)
            await story.wait(seconds: 1)
            story.alpha.pay("far_alpha_s1")
            #expect(try await story.submit(payment, attempt: 2) == .completed)
            _ = try await story.engine.look(payment.hash, attempt: 1, by: .gateway("far_alpha"))
            await story.wait(seconds: 5)
            #expect(try story.now(payment).refunds.map(\.status) == [.succeeded])
        }
        #expect(try story.findings() == [])
    }

    @Test func `a capture that provably did not leave goes to the next gateway`() throws {
        let story = try EngineStory()
        story.alpha.setFate { call, _ in call == .capture ? .unsent : .answered(after: 0) }
        try story.run { story in
            let payment = try await story.opened()
            #expect(try await story.submit(payment) == .buyer(url: payment.hostedURL + "/pay/2"))
            #expect(try await story.submit(payment, attempt: 2) == .completed)
        }
        #expect(try story.findings() == [])
    }

    @Test func `a processing error goes to the next gateway, any other decline leaves the buyer choosing`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.opened()
            #expect(try await story.submit(payment, Self.processingError) == .buyer(url: payment.hostedURL + "/pay/2"))
            guard case .declined(let failure) = try await story.submit(payment, attempt: 2, .refusal) else {
                Issue.record("not declined")
                return
            }
            #expect(failure.code == "insufficient_funds")
            let now = try story.now(payment)
            #expect(now.status == .pending && now.attempts.count == 2 && now.attempts[1].executed == .yes)
        }
        #expect(story.beta.count(of: .start) == 1)
    }

    @Test func `an unknown outcome never goes to the next gateway; it is resent once with the same key`() throws {
        let story = try EngineStory()
        story.alpha.setFate { call, _ in call == .capture || call == .status ? .vanished : .answered(after: 0) }
        try story.run { story in
            let payment = try await story.opened()
            #expect(try await story.submit(payment) == .confirming)
            let now = try story.now(payment)
            #expect(now.status == .processing && now.attempts.map(\.status) == [.unknown])
            // Nobody may pay again, or go elsewhere, or cancel.
            #expect(await EngineStory.code { _ = try await story.submit(payment) } == .paymentInFlight)
            #expect(try await story.start(payment, "far_beta") == .confirming)
            #expect(await EngineStory.code { _ = try await story.cancel(payment) } == .paymentInFlight)
        }
        let keys = story.alpha.records.filter { $0.call == .capture }.map(\.key)
        #expect(keys.count == 2 && Set(keys).count == 1)
        #expect(story.beta.records.isEmpty)
    }

    @Test func `an answer that was lost is found by the resend`() throws {
        let story = try EngineStory()
        story.alpha.setFate { call, count in call == .capture && count == 0 ? .answerLost : .answered(after: 0) }
        try story.run { story in
            let payment = try await story.opened()
            #expect(try await story.submit(payment) == .completed)
        }
        #expect(story.alpha.taken.count == 1 && story.alpha.count(of: .status) == 0)
        #expect(try story.findings() == [])
    }

    @Test func `a resend that provably did nothing leaves the first call unknown`() throws {
        let story = try EngineStory()
        story.alpha.setFate { call, count in
            guard call == .capture else { return .answered(after: 0) }
            return count == 0 ? .answerLost : .unsent
        }
        try story.run { story in
            let payment = try await story.opened()
            #expect(try await story.submit(payment) == .confirming)
            #expect(try story.now(payment).attempts.map(\.status) == [.unknown])
        }
        #expect(story.alpha.taken.count == 1)
        #expect(story.beta.records.isEmpty)
    }

    @Test func `another amount than asked is for the operator, and nobody pays again`() throws {
        let story = try EngineStory()
        story.alpha.setAmountFactor(2)
        try story.run { story in
            let payment = try await story.opened()
            #expect(try await story.submit(payment) == .confirming)
            let now = try story.now(payment)
            #expect(now.status == .processing && now.isUnresolved)
            #expect(await EngineStory.code { _ = try await story.submit(payment) } == .paymentInFlight)
            _ = try await story.sync(payment)
            #expect(try story.now(payment) == now)
            let resolved = try await story.engine.resolve(
                payment.hash, paid: false, reference: nil, reason: "Given back by hand.", by: Act(actor: "operator"))
            #expect(resolved.status == .pending && !resolved.isUnresolved)
        }
        #expect(story.world.logLines.contains { $0.contains("payment_amount_differs") })
    }
}
