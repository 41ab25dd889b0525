import Billing
import Gateways
import Runtime
import Scenarios
import Simulation
import Testing

@Suite struct PaymentEngineRaceTests {
    /// Runs bodies at once, each in its task, and returns when all have ended.
    private static func together(
        _ story: EngineStory, _ bodies: [@Sendable () async throws -> Void]
    ) async -> [Refusal.Code?] {
        let codes = Guarded<[Refusal.Code?]>([])
        let done = WakeSignal()
        for body in bodies {
            story.world.doors.scheduler.spawn(on: 0) {
                let code = await EngineStory.code(body)
                codes.withLock { $0.append(code) }
                done.notify()
            }
        }
        while codes.withLock({ $0.count }) < bodies.count {
            await done.wait(until: nil, on: story.world.doors.scheduler)
        }
        return codes.withLock { $0 }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `a double click is exactly one capture`(seed: UInt64) throws {
        let story = try EngineStory(seed: seed)
        story.alpha.setFate { _, _ in .answered(after: 50) }
        try story.run { story in
            let payment = try await story.opened()
            let codes = await Self.together(
                story, Array(repeating: { _ = try await story.submit(payment) }, count: 3))
            #expect(codes.count { $0 == nil } == 1)
            #expect(codes.count { $0 == .paymentInFlight } == 2)
        }
        #expect(story.alpha.count(of: .capture) == 1 && story.alpha.taken.count == 1)
        #expect(try story.findings() == [])
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `choosing two gateways at once opens one session`(seed: UInt64) throws {
        let story = try EngineStory(seed: seed)
        story.alpha.setFate { _, _ in .answered(after: 20) }
        story.beta.setFate { _, _ in .answered(after: 20) }
        try story.run { story in
            let payment = try await story.node.createPayment()
            let codes = await Self.together(
                story, [{ _ = try await story.start(payment) }, { _ = try await story.start(payment, "far_beta") }])
            #expect(codes.contains(nil))
            #expect(try story.now(payment).attempts.count { $0.isOpen } == 1)
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `refunds at once never give back more than was captured`(seed: UInt64) throws {
        let story = try EngineStory(seed: seed)
        try story.run { story in
            let payment = try await story.paid()
            story.alpha.setFate { _, count in count % 3 == 1 ? .answerLost : .answered(after: 30) }
            let codes = await Self.together(
                story, Array(repeating: { _ = try await story.refund(payment, 4000) }, count: 5))
            #expect(codes.count { $0 == nil } == 2)
            await story.wait(seconds: 100)
            #expect(try story.now(payment).amountRefunded == Money(8000, .usd))
        }
        #expect(story.alpha.taken.map(\.refunded) == [8000])
        #expect(try story.findings() == [])
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `a cancellation and a payment at once end as one of the two`(seed: UInt64) throws {
        let story = try EngineStory(seed: seed)
        var dice = Dice(seed: seed)
        let (first, second) = (dice.roll(40), dice.roll(40))
        story.alpha.setFate { call, _ in .answered(after: call == .capture ? first : second) }
        try story.run { story in
            let payment = try await story.opened()
            _ = await Self.together(
                story, [{ _ = try await story.submit(payment) }, { _ = try await story.cancel(payment) }])
            await story.wait(seconds: 100)
            let now = try story.now(payment)
            #expect(now.status == .completed || now.status == .cancelled)
            #expect((now.status == .completed) == (story.alpha.taken.count == 1))
        }
        #expect(try story.findings() == [])
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `a cancellation while a session is being opened leaves no session that takes money`(seed: UInt64) throws {
        let story = try EngineStory(seed: seed)
        var dice = Dice(seed: seed)
        let (first, second) = (dice.roll(40), dice.roll(40))
        story.alpha.setFate { call, _ in .answered(after: call == .start ? first : 5) }
        try story.run { story in
            let payment = try await story.node.createPayment()
            _ = await Self.together(
                story,
                [
                    { _ = try await story.start(payment) },
                    {
                        await story.node.wait(milliseconds: second)
                        _ = try await story.cancel(payment)
                    },
                ])
            await story.wait(seconds: 1)
            for session in story.alpha.sessions where story.alpha.pay(session) {
                _ = try await story.sync(payment)
            }
            await story.wait(seconds: 90_000)
        }
        #expect(try story.findings() == [])
    }
}
