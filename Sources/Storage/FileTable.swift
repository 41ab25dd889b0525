import Runtime

/// Keeps the number of open segment files bounded: one more lets go of one that was not read for a while.
final class FileTable: Sendable {
    private struct State {
        /// Files that may be open.
        var listed: [SegmentFile] = []
        var hand = 0
        /// Open files without a name, which stay open.
        var pinnedCount = 0
    }

    private let limit: Int
    private let state = Guarded(State())

    /// - Parameter limit: At least 1. Of files without a name, which cannot be opened again, half as many are held besides.
    init(limit: Int) {
        self.limit = limit
    }

    /// Open files, nearly: some may have been closed since.
    var openCount: Int { state.withLock { $0.listed.count + $0.pinnedCount } }

    /// Notes that `file` is open now, and was not before.
    func add(_ file: SegmentFile) {
        let limit = limit
        let victims = state.withLock { state -> [SegmentFile] in
            state.listed.append(file)
            var victims: [SegmentFile] = []
            // Twice around: the first time may find that all were used.
            var left = state.listed.count * 2
            while state.listed.count > limit, left > 0 {
                left -= 1
                if state.hand >= state.listed.count { state.hand = 0 }
                let candidate = state.listed[state.hand]
                if candidate === file || candidate.takeUse() {
                    state.hand += 1
                    continue
                }
                victims.append(candidate)
                state.listed.swapAt(state.hand, state.listed.count - 1)
                state.listed.removeLast()
            }
            return victims
        }
        // Outside the lock: a file's own lock is never taken within this one.
        for victim in victims { victim.letGo() }
    }

    /// Whether one more file may stay open without a name.
    func mayPin() -> Bool {
        let limit = limit
        return state.withLock { state in
            guard state.pinnedCount < max(1, limit / 2) else { return false }
            state.pinnedCount += 1
            return true
        }
    }

    /// Forgets a file that is gone.
    func remove(_ file: SegmentFile, wasPinned: Bool) {
        state.withLock { state in
            if wasPinned { state.pinnedCount -= 1 }
            if let index = state.listed.firstIndex(where: { $0 === file }) {
                state.listed.swapAt(index, state.listed.count - 1)
                state.listed.removeLast()
            }
        }
    }
}
