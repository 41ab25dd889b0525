import Billing
import Gateways
import Runtime
import Scenarios
import Simulation
import Testing

@Suite struct PaymentEngineCrashTests {
    /// A buyer who pays at the first gateway, and a merchant who gives a part back.
    private static func act(_ story: EngineStory, _ usesSandbox: Bool) async throws {
        let payment = try await story.node.createPayment()
        let gateway = usesSandbox ? "sandbox_beta" : "far_alpha"
        _ = try await story.start(payment, gateway)
        _ = try await story.submit(payment)
        _ = try await story.refund(payment, 2500)
    }

    /// Crashes after so many steps of the world, goes on with what is left, and waits until all is settled.
    ///
    /// - Returns: what is wrong then; nil when the story had ended before.
    private static func crash(after steps: Int, usesSandbox: Bool) throws -> [String]? {
        let story = try EngineStory(seed: 5, usesSandbox: usesSandbox)
        // Answers take a moment, so that crashes fall between a call and its answer.
        story.alpha.setFate { _, _ in .answered(after: 1) }
        let start = story.world.stepCount
        let isDone = Guarded(false)
        story.world.doors.scheduler.spawn(on: 0) {
            try? await act(story, usesSandbox)
            isDone.withLock { $0 = true }
        }
        try story.world.run { story.world.stepCount - start >= steps || isDone.withLock { $0 } }
        if isDone.withLock({ $0 }) { return nil }
        let disk = story.world.disk.crashImage(.seeded(UInt64(steps)))
        story.alpha.settleDelayed(arrives: steps % 2 == 0)
        let again = try EngineStory(
            seed: 6, disk: disk, alpha: story.alpha, beta: story.beta, usesSandbox: usesSandbox)
        again.world.clock.set(story.world.clock.now().adding(seconds: 1))
        try again.run { again in
            for _ in 0..<30 {
                await again.wait(seconds: 20)
                again.world.clock.jump(milliseconds: 3_000_000)
            }
        }
        return try again.findings()
    }

    @Test(arguments: [false, true])
    func `a crash at any point loses no money and takes none twice`(usesSandbox: Bool) throws {
        var crashes = 0
        var steps = 0
        while let findings = try Self.crash(after: steps, usesSandbox: usesSandbox) {
            #expect(findings == [], "crash after \(steps) steps")
            crashes += 1
            steps += usesSandbox ? 7 : 4
        }
        #expect(crashes > 5)
    }
}
