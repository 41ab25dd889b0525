/// The deadlines of one loop: a binary heap in which every entry stands at most once and knows its place, so that
/// moving and removing one takes O(log n) and nothing stale stays behind. Equal deadlines fire in the order they were
/// set.
struct TimerHeap {
    private struct Slot {
        var deadline: UInt64
        var sequence: UInt64
        let entry: LoopEntry

        static func < (left: Slot, right: Slot) -> Bool {
            left.deadline != right.deadline ? left.deadline < right.deadline : left.sequence < right.sequence
        }
    }

    private var slots: [Slot] = []
    private var nextSequence: UInt64 = 0

    var count: Int { slots.count }

    /// The earliest deadline, in nanoseconds of the monotonic clock.
    var next: UInt64? { slots.first?.deadline }

    /// When `entry` will fire; nil when it is not in the heap.
    func deadline(of entry: LoopEntry) -> UInt64? {
        entry.heapIndex >= 0 ? slots[entry.heapIndex].deadline : nil
    }

    /// Puts `entry` in, or moves it to another deadline.
    mutating func set(_ entry: LoopEntry, to deadline: UInt64) {
        nextSequence += 1
        if entry.heapIndex >= 0 {
            slots[entry.heapIndex].deadline = deadline
            slots[entry.heapIndex].sequence = nextSequence
        } else {
            entry.heapIndex = slots.count
            slots.append(Slot(deadline: deadline, sequence: nextSequence, entry: entry))
        }
        settle(entry.heapIndex)
    }

    /// Takes `entry` out; nothing happens when it is not in.
    mutating func remove(_ entry: LoopEntry) {
        let index = entry.heapIndex
        guard index >= 0 else { return }
        entry.heapIndex = -1
        let last = slots.removeLast()
        guard index < slots.count else { return }
        slots[index] = last
        last.entry.heapIndex = index
        settle(index)
    }

    /// Takes out the earliest entry whose deadline is not after `now`.
    mutating func popDue(at now: UInt64) -> LoopEntry? {
        guard let first = slots.first, first.deadline <= now else { return nil }
        remove(first.entry)
        return first.entry
    }

    /// Moves the slot at `start` up or down until the order holds again.
    private mutating func settle(_ start: Int) {
        let slot = slots[start]
        var index = start
        while index > 0, slot < slots[(index - 1) / 2] {
            place(slots[(index - 1) / 2], at: index)
            index = (index - 1) / 2
        }
        while 2 * index + 1 < slots.count {
            var child = 2 * index + 1
            if child + 1 < slots.count, slots[child + 1] < slots[child] { child += 1 }
            guard slots[child] < slot else { break }
            place(slots[child], at: index)
            index = child
        }
        place(slot, at: index)
    }

    private mutating func place(_ slot: Slot, at index: Int) {
        slots[index] = slot
        slot.entry.heapIndex = index
    }
}
