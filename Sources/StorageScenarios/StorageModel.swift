import Runtime
import Storage

/// What a store must hold after each transaction, kept in memory.
///
/// Unchecked: a world is driven by one thread.
final class StorageModel: @unchecked Sendable {
    /// Changes of one transaction: the new record of each id, nil for a deletion.
    typealias Changes = [(id: Int64, item: Item?)]

    /// The number of the first state kept, and the states from there on.
    private var firstNumber: UInt64 = 0
    private var states: [[Int64: Item]] = [[:]]
    /// When the transaction of each state ran.
    private var times = [Timestamp(milliseconds: .min)]
    /// The last transaction that was answered.
    private(set) var acknowledged: UInt64 = 0
    private(set) var findings: [String] = []
    private(set) var checkCount = 0

    /// The last transaction that ran.
    var lastNumber: UInt64 { firstNumber + UInt64(states.count - 1) }

    func note(_ finding: String) { findings.append(finding) }

    /// A transaction ran, as `number`.
    func ran(_ number: UInt64, _ changes: Changes, at time: Timestamp) {
        guard number == lastNumber + 1 else { return note("transaction \(number) ran after \(lastNumber)") }
        if time < times[times.count - 1] { note("transaction \(number) has an earlier time than the one before") }
        times.append(time)
        var state = states[states.count - 1]
        for (id, item) in changes { state[id] = item }
        states.append(state)
    }

    func answered(_ number: UInt64) { acknowledged = max(acknowledged, number) }

    /// A store was opened and shows `number`: what came after it is gone for good.
    func restarted(at number: UInt64) {
        guard number >= acknowledged else {
            return note("transaction \(acknowledged) was acknowledged, the store ends at \(number)")
        }
        guard number >= firstNumber, number <= lastNumber else {
            return note("the store ends at \(number), which never ran")
        }
        let state = states[Int(number - firstNumber)]
        times = [times[Int(number - firstNumber)]]
        firstNumber = number
        states = [state]
        acknowledged = number
    }

    /// Compares everything `snapshot` shows; of the lines all only if `isWhole`.
    func check(_ snapshot: Snapshot, _ occasion: String, isWhole: Bool) {
        guard snapshot.number >= firstNumber, snapshot.number <= lastNumber else {
            return note("\(occasion): a snapshot of \(snapshot.number), which never was")
        }
        checkCount += 1
        let state = states[Int(snapshot.number - firstNumber)]
        let expected = state.values.sorted { $0.id < $1.id }
        for order in [ScanOrder.ascending, .descending] {
            var seen: [Item] = []
            snapshot.scan(Item.self, order: order) { item, _ in
                seen.append(item)
                return true
            }
            if snapshot.failure != nil { return }
            let wanted = order == .ascending ? expected : expected.reversed()
            if seen != wanted {
                note(
                    "\(occasion): the table at \(snapshot.number) has \(seen.count) wrong records of \(wanted.count), \(order)"
                )
            }
        }
        for item in expected {
            let found = snapshot.get(Item.self, Key(item.id))
            let named = snapshot.first(Item.byName, Key(item.name))
            if snapshot.failure != nil { return }
            if found != item || named != item {
                note("\(occasion): item \(item.id) is not found at \(snapshot.number)")
            }
        }
        for id in 0..<80 as Range<Int64> where state[id] == nil {
            if snapshot.exists(Item.self, Key(id)) { note("\(occasion): item \(id) was deleted, and is back") }
        }
        var colors = 0
        snapshot.scanKeys(Item.byColor) { _, _ in
            colors += 1
            return true
        }
        // Lines grow without end; the newest of them are enough most of the time.
        let limit = isWhole ? Int(snapshot.number) + 1 : 30
        var lines = 0
        snapshot.scan(Line.self, order: .descending, limit: limit) { line, _ in
            lines += 1
            return line.number == Int64(snapshot.number) - Int64(lines) + 1
        }
        if snapshot.failure != nil { return }
        if colors != expected.count { note("\(occasion): \(colors) colors of \(expected.count)") }
        if lines != min(limit, Int(snapshot.number)) { note("\(occasion): \(lines) lines of \(snapshot.number)") }
    }
}
