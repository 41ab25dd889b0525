import Runtime

/// The timers of a world: a heap by moment, then by age.
struct TimerQueue {
    enum Action {
        /// Resumes a task whose deadline passed.
        case waiter(SimulatedWaiter)
        /// Runs a worker, if it still waits for this very moment.
        case worker(SimulatedWorker, turn: UInt64)
        case call(() -> Void)

        var isDead: Bool {
            switch self {
            case .waiter(let waiter): waiter.isDone
            case .worker(let worker, let turn): worker.turn != turn
            case .call: false
            }
        }
    }

    private struct Entry {
        let moment: Instant
        let number: UInt64
        let action: Action

        func isBefore(_ other: Entry) -> Bool {
            moment == other.moment ? number < other.number : moment < other.moment
        }
    }

    private var heap: [Entry] = []
    private var nextNumber: UInt64 = 0
    /// Timers whose task went on before are dropped together when the heap reaches this size.
    private var sweepCount = 256

    mutating func add(_ moment: Instant, _ action: Action) {
        if heap.count >= sweepCount { sweep() }
        heap.append(Entry(moment: moment, number: nextNumber, action: action))
        nextNumber += 1
        siftUp(heap.count - 1)
    }

    /// The moment of the first live timer.
    mutating func nextMoment() -> Instant? {
        while let first = heap.first {
            if !first.action.isDead { return first.moment }
            removeFirst()
        }
        return nil
    }

    /// Takes the first live timer at or before `now`.
    mutating func take(by now: Instant) -> Action? {
        guard let moment = nextMoment(), moment <= now else { return nil }
        return removeFirst().action
    }

    private mutating func sweep() {
        let live = heap.filter { !$0.action.isDead }
        heap.removeAll(keepingCapacity: true)
        for entry in live {
            heap.append(entry)
            siftUp(heap.count - 1)
        }
        sweepCount = max(256, heap.count * 2)
    }

    @discardableResult
    private mutating func removeFirst() -> Entry {
        heap.swapAt(0, heap.count - 1)
        let first = heap.removeLast()
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < heap.count && heap[child].isBefore(heap[least]) { least = child }
            if least == index { return first }
            heap.swapAt(index, least)
            index = least
        }
    }

    private mutating func siftUp(_ start: Int) {
        var index = start
        while index > 0, heap[index].isBefore(heap[(index - 1) / 2]) {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }
}
