import Billing
import Gateways
import Runtime
import Scenarios
import Simulation
import Testing

@Suite struct PaymentEngineLookupTests {
    @Test func `an unknown outcome is asked for at 5 s, 30 s, 2 min, 10 min, 1 h and 2 h`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.opened()
            let moments = Moments(story.world.clock)
            story.alpha.setFate { call, _ in
                moments.note(call)
                return .vanished
            }
            _ = try await story.submit(payment)
            await story.wait(seconds: 7300)
            #expect(moments.seconds(of: .status) == [5, 30, 120, 600, 3600, 7200])
            #expect(moments.seconds(of: .capture) == [0, 0])
        }
    }

    @Test func `money that moved late is found by a lookup`() throws {
        let story = try EngineStory()
        story.alpha.setFate { call, _ in call == .capture ? .delayed(by: 20_000) : .answered(after: 0) }
        try story.run { story in
            let payment = try await story.opened()
            #expect(try await story.submit(payment) == .confirming)
            await story.wait(seconds: 4)
            #expect(try story.now(payment).status == .processing)
            await story.wait(seconds: 40)
        }
        // The lookup at 5 s says that the session is open, so the buyer may act again; the money that came at 20 s
        // is found when they do, or when the payment expires.
        try story.run { story in await story.wait(seconds: 86_500) }
        #expect(try story.findings() == [])
        #expect(story.alpha.taken.count == 1)
        #expect(try story.node.payments().map(\.status) == [.completed])
    }

    @Test func `a call that never arrived lets the buyer act again`() throws {
        let story = try EngineStory()
        story.alpha.setFate { call, count in call == .capture && count < 2 ? .vanished : .answered(after: 0) }
        try story.run { story in
            let payment = try await story.opened()
            #expect(try await story.submit(payment) == .confirming)
            await story.wait(seconds: 6)
            let now = try story.now(payment)
            #expect(now.status == .pending && now.attempts.map(\.status) == [.requiresAction])
            #expect(try await story.submit(payment) == .completed)
        }
        // The second act is another call: it has a key of its own.
        let keys = story.alpha.records.filter { $0.call == .capture }.map(\.key)
        #expect(keys.count == 3 && Set(keys).count == 2)
        #expect(try story.findings() == [])
    }

    @Test func `asking now resolves an unknown outcome before its time`() throws {
        let story = try EngineStory()
        story.alpha.setFate { call, _ in call == .capture ? .answerLost : .answered(after: 0) }
        try story.run { story in
            let payment = try await story.opened()
            #expect(try await story.submit(payment) == .confirming)
            #expect(try await story.sync(payment).status == .completed)
        }
        #expect(try story.findings() == [])
    }

    @Test func `a lookup while our own call is out believes only money that moved`() throws {
        let story = try EngineStory()
        story.alpha.setFate { call, _ in call == .capture ? .answered(after: 90_000) : .answered(after: 0) }
        try story.run { story in
            let payment = try await story.opened()
            story.world.doors.scheduler.spawn(on: 0) { _ = try? await story.submit(payment) }
            for _ in 0..<8 {
                await story.wait(seconds: 10)
                #expect(try await story.sync(payment).status == .processing)
                #expect(await EngineStory.code { _ = try await story.submit(payment) } == .paymentInFlight)
            }
            await story.wait(seconds: 20)
            #expect(try story.now(payment).status == .completed)
        }
        #expect(try story.findings() == [])
    }

    @Test func `an operator resolves what no gateway could tell`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.opened()
            story.alpha.setFate { _, _ in .vanished }
            _ = try await story.submit(payment)
            let act = Act(actor: "operator")
            let resolved = try await story.engine.resolve(
                payment.hash, paid: true, reference: "c77", reason: "Seen at the bank.", by: act)
            #expect(resolved.status == .completed && resolved.attempts[0].chargeReference == "c77")
            let code = await EngineStory.code {
                _ = try await story.engine.resolve(
                    payment.hash, paid: true, reference: nil, reason: "Again.", by: act)
            }
            #expect(code == .invalidState)
        }
    }

    @Test func `a gateway that is not configured any more is not asked again and again`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.opened()
            story.alpha.setFate { _, _ in .vanished }
            _ = try await story.submit(payment)
            try await story.node.removeGateway("far_alpha")
            let steps = story.world.stepCount
            await story.wait(seconds: 3600)
            #expect(story.world.stepCount - steps < 10_000)
        }
        #expect(story.world.logLines.count { $0.contains("due_payment") } < 20)
    }
}
