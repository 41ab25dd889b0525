extension Scheduler {
    /// Does `body` for every element on the caller's loop, at most `width` at once, begun in their order; returns when
    /// all are done.
    package func forEach<Element: Sendable>(
        _ elements: [Element], width: Int, _ body: @escaping @Sendable (Element) async -> Void
    ) async {
        guard elements.count > 1, width > 1 else {
            for element in elements { await body(element) }
            return
        }
        let lanes = Lanes(elements.count, laneCount: min(width, elements.count))
        for _ in 0..<min(width, elements.count) {
            spawn(on: currentLoop) {
                while let index = lanes.next() { await body(elements[index]) }
                lanes.end()
            }
        }
        while !lanes.areDone { await lanes.signal.wait(until: nil, on: self) }
    }
}

/// What the lanes of one `forEach` share.
private final class Lanes: Sendable {
    private let state: Guarded<(next: Int, left: Int)>
    private let count: Int
    let signal = WakeSignal()

    init(_ count: Int, laneCount: Int) {
        self.count = count
        state = Guarded((0, laneCount))
    }

    /// The next element's index, or nil when there is none.
    func next() -> Int? {
        state.withLock { state in
            guard state.next < count else { return nil }
            state.next += 1
            return state.next - 1
        }
    }

    /// A lane is over; the last one wakes the caller.
    func end() {
        let isLast = state.withLock { state in
            state.left -= 1
            return state.left == 0
        }
        if isLast { signal.notify() }
    }

    var areDone: Bool { state.withLock { $0.left == 0 } }
}
