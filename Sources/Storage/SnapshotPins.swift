import Runtime

/// The snapshots that readers hold, and since when: each keeps memory and files that are otherwise not needed any more.
final class SnapshotPins: Sendable {
    private struct State {
        /// When each pin began, in monotonic nanoseconds; 0 where there is none.
        var begins: [UInt64] = []
        var free: [Int] = []
    }

    private let clock: any Clock
    /// Seconds for which a snapshot may be read.
    private let limit: Int
    private let state = Guarded(State())

    init(clock: any Clock, limit: Int) {
        self.clock = clock
        self.limit = limit
    }

    func begin() -> SnapshotPin {
        let now = clock.instant()
        let slot = state.withLock { state -> Int in
            // A clock that stands at 0 is no reason to miss one.
            let begin = max(1, now.nanoseconds)
            if let slot = state.free.popLast() {
                state.begins[slot] = begin
                return slot
            }
            state.begins.append(begin)
            return state.begins.count - 1
        }
        return SnapshotPin(pins: self, slot: slot, deadline: now.adding(seconds: limit), limit: limit)
    }

    fileprivate func end(_ slot: Int) {
        state.withLock { state in
            state.begins[slot] = 0
            state.free.append(slot)
        }
    }

    fileprivate func isPast(_ deadline: Instant) -> Bool { clock.instant() > deadline }

    /// How many snapshots are held, and since when the oldest is.
    var held: (count: Int, oldest: Instant?) {
        state.withLock { state in
            let oldest = state.begins.lazy.filter { $0 > 0 }.min()
            return (state.begins.count - state.free.count, oldest.map { Instant(nanoseconds: $0) })
        }
    }
}

/// One snapshot's place among the pins.
struct SnapshotPin {
    private let pins: SnapshotPins
    private let slot: Int
    private let deadline: Instant
    /// Seconds for which the snapshot may be read.
    let limit: Int

    fileprivate init(pins: SnapshotPins, slot: Int, deadline: Instant, limit: Int) {
        self.pins = pins
        self.slot = slot
        self.deadline = deadline
        self.limit = limit
    }

    /// Whether the snapshot is too old to be read.
    var isOver: Bool { pins.isPast(deadline) }

    /// Called once, when the snapshot goes.
    func end() { pins.end(slot) }
}
