import Billing
import Gateways
import Runtime
import Scenarios
import Testing

@Suite struct CircuitBreakerTests {
    private static let application = ApplicationID(value: 1)
    private static let start = Timestamp(seconds: 1_000_000)

    private let breaker = CircuitBreaker()

    private func fail(_ seconds: Int64) -> Bool {
        breaker.failed(Self.application, "alpha", now: Self.start.adding(seconds: seconds))
    }

    private func allows(_ seconds: Int64) -> Bool {
        breaker.allows(Self.application, "alpha", now: Self.start.adding(seconds: seconds))
    }

    private func health(_ seconds: Int64) -> GatewayHealth {
        breaker.health(Self.application, "alpha", now: Self.start.adding(seconds: seconds))
    }

    @Test func `five failures in a row within 60 seconds open it`() {
        #expect([0, 10, 20, 30].map { fail($0) } == [false, false, false, false])
        #expect(allows(31) && health(31) == .degraded)
        #expect(fail(60))
        #expect(!allows(61) && health(61) == .down)
    }

    @Test func `failures further apart, or an answer between them, do not`() {
        #expect([0, 20, 40, 60, 81, 101].map { fail($0) }.allSatisfy { !$0 })
        #expect(!breaker.answered(Self.application, "alpha"))
        #expect([102, 103, 104, 105].map { fail($0) }.allSatisfy { !$0 } && allows(106))
        #expect(health(200) == .healthy)
    }

    @Test func `after 30 seconds one call may probe`() {
        for second in 0..<5 as Range<Int64> { _ = fail(second) }
        #expect(!allows(33))
        #expect(allows(34) && health(34) == .probing)
        #expect(!allows(35))
        #expect(breaker.answered(Self.application, "alpha"))
        #expect(allows(36) && health(36) == .healthy)
    }

    @Test func `a probe that fails waits another 30 seconds`() {
        for second in 0..<5 as Range<Int64> { _ = fail(second) }
        #expect(allows(34))
        #expect(!fail(35))
        #expect(!allows(64) && allows(65))
    }

    @Test func `each gateway and application has its own`() {
        for second in 0..<5 as Range<Int64> { _ = fail(second) }
        #expect(breaker.allows(Self.application, "beta", now: Self.start))
        #expect(breaker.allows(ApplicationID(value: 2), "alpha", now: Self.start))
    }

    @Test func `the merchant is told when it opens and when it closes`() throws {
        let story = try EngineStory()
        try story.run { story in
            story.alpha.setFate { _, _ in .unsent }
            for _ in 0..<7 { _ = try await story.start(try await story.node.createPayment()) }
            // Two calls were not made at all.
            #expect(story.alpha.records.count == 5)
            #expect(story.engine.health(story.node.application, "far_alpha") == .down)
            story.alpha.setFate { _, _ in .answered(after: 0) }
            await story.wait(seconds: 31)
            #expect(try await story.start(try await story.node.createPayment()) != .completed)
            #expect(story.engine.health(story.node.application, "far_alpha") == .healthy)
            let types = try story.node.events().map(\.type).filter { $0 == .gatewayDegraded || $0 == .gatewayRecovered }
            #expect(types == [.gatewayDegraded, .gatewayRecovered])
        }
        #expect(try story.findings(isSettled: false) == [])
    }
}
