import Runtime
import Simulation
import Testing

@Suite struct ManualClockTests {
    @Test func `wall time moves by hand only, deadlines by the other clock`() throws {
        let world = World(seed: 1)
        let clock = ManualClock(Timestamp(seconds: 100), base: world.doors.clock)
        let before = clock.instant()
        try world.run(milliseconds: 5000)
        #expect(clock.now() == Timestamp(seconds: 100))
        #expect(clock.instant().nanoseconds(since: before) >= 5_000_000_000)
        clock.advance(milliseconds: 1500)
        #expect(clock.now() == Timestamp(milliseconds: 101_500))
        clock.advance(milliseconds: -1500)
        clock.set(Timestamp(seconds: 7))
        #expect(clock.now() == Timestamp(seconds: 7))
    }
}
