import Runtime
import Testing

@testable import Gateways

@Suite struct WirePaceTests {
    @Test func `calls leave at once until the burst is used, and then at the pace`() {
        let pace = WirePace(perSecond: 10, burst: 2)
        let now = Instant(nanoseconds: 10_000_000_000)
        let far = now.adding(seconds: 60)
        let times = (0..<5).map { _ in pace.reserve(now: now, deadline: far)?.nanoseconds(since: now) }
        #expect(times == [0, 0, 0, 100_000_000, 200_000_000])
    }

    @Test func `one whose turn comes too late takes no place`() {
        let pace = WirePace(perSecond: 1, burst: 1)
        let now = Instant(nanoseconds: 10_000_000_000)
        for _ in 0..<3 { _ = pace.reserve(now: now, deadline: now.adding(milliseconds: 500)) }
        #expect(pace.reserve(now: now, deadline: now.adding(milliseconds: 500)) == nil)
        let later = now.adding(milliseconds: 1000)
        #expect(pace.reserve(now: later, deadline: later) == later)
    }
}
