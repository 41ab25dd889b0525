import Runtime
import Simulation
import Testing

@Suite struct LanesTests {
    /// What was seen of elements that each take a while.
    private struct Seen: Sendable {
        var begun: [Int] = []
        var ended = 0
        var running = 0
        var most = 0
    }

    @Test(arguments: [(0, 4), (1, 4), (3, 1), (10, 4), (4, 10)])
    func `every element is begun once and in order, no more than so many at a time, and all are awaited`(
        count: Int, width: Int
    ) throws {
        try World(seed: 3).run { doors in
            let seen = Guarded(Seen())
            await doors.scheduler.forEach(Array(0..<count), width: width) { element in
                seen.withLock { seen in
                    seen.begun.append(element)
                    seen.running += 1
                    seen.most = max(seen.most, seen.running)
                }
                await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 10 + element % 3))
                seen.withLock { seen in
                    seen.running -= 1
                    seen.ended += 1
                }
            }
            let result = seen.withLock { $0 }
            #expect(result.begun == Array(0..<count) && result.ended == count)
            #expect(result.most == min(count, width))
        }
    }
}
