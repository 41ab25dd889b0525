import Runtime
import Scenarios

/// When calls left, in whole seconds from a start.
final class Moments: Sendable {
    private let times = Guarded<[(call: FarCall, at: Int64)]>([])
    private let clock: any Clock
    private let start: Timestamp

    init(_ clock: any Clock) {
        self.clock = clock
        start = clock.now()
    }

    func note(_ call: FarCall) {
        let at = clock.now().milliseconds - start.milliseconds
        times.withLock { $0.append((call, (at + 500) / 1000)) }
    }

    func seconds(of call: FarCall) -> [Int64] {
        times.withLock { $0.filter { $0.call == call }.map(\.at) }
    }
}
