import Runtime
import Simulation
import Storage

/// A short run of a store whose every state is known, recorded call by call so that it can be cut off anywhere.
///
/// Unchecked: a world is driven by one thread.
final class CrashWorkload: @unchecked Sendable {
    /// What the store holds after each transaction; the first element is the empty store.
    private(set) var states: [CrashState] = [CrashState()]
    /// Which transactions were answered, and how many calls of the disk had happened then.
    private(set) var answers: [(number: UInt64, callCount: Int)] = []
    /// What the store did.
    private(set) var statistics = StoreStatistics()
    /// Manifests that took hold.
    var switchCount: Int { trace.calls.count { $0.description.hasSuffix("to store/CURRENT") } }
    let trace: DiskTrace

    /// Runs `count` transactions, alone or in groups of two or three, and closes the store if `closes`.
    init(seed: UInt64, count: Int, closes: Bool) throws {
        var options = WorldOptions()
        options.recordsDiskCalls = true
        let world = World(seed: seed, options: options)
        var random = SeededGenerator(seed: seed, purpose: 41)
        var groups: [[[CrashState.Change]]] = []
        var left = count
        while left > 0 {
            let size = min(left, [1, 1, 2, 3][random.below(4)])
            groups.append((0..<size).map { _ in Self.makeChanges(&random) })
            left -= size
        }
        let pauses = groups.map { _ in random.below(2) * 80 }
        let recorder = Recorder()
        try world.run { [groups] doors in
            let store = try Store.open(directory: "store", doors: doors, options: Self.options)
            for (group, pause) in zip(groups, pauses) {
                await recorder.run(group, on: store, world)
                // Sometimes the next group comes before the mark of this one.
                await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: pause))
            }
            if closes { await store.close() }
            recorder.statistics = store.statistics
        }
        if !closes { try world.runUntilIdle() }
        trace = DiskTrace(firstImage: world.disk.firstImage, calls: world.disk.calls)
        states = recorder.states
        answers = recorder.answers
        statistics = recorder.statistics
    }

    /// Everything is so small that a few transactions fill memtables, levels and files of the log.
    static var options: StoreOptions {
        var options = StoreOptions()
        options.seed = 7
        options.transactionByteLimit = 1 << 10
        options.logFileByteCount = 20 << 10
        options.logAheadByteCount = 4 << 10
        options.ballastByteCount = 0
        options.freeSpaceReserve = 0
        options.memtableByteCount = 1
        options.blockByteCount = 100
        options.cacheByteCount = 8 << 10
        options.levelOneSegmentByteCount = 400
        options.segmentByteCount = 800
        options.levelByteCount = 400
        options.mergeStepByteCount = 300
        options.mergeSegmentCount = 2
        return options
    }

    /// The last transaction that was answered by then.
    func acknowledged(after callCount: Int) -> UInt64 {
        answers.filter { $0.callCount <= callCount }.map(\.number).max() ?? 0
    }

    private static func makeChanges(_ random: inout SeededGenerator) -> [CrashState.Change] {
        var changes: [CrashState.Change] = []
        for _ in 0..<1 + random.below(2) {
            let id = Int64(random.below(3))
            guard !changes.contains(where: { $0.id == id }) else { continue }
            let item = Item(
                id: id, name: "n\(id)", color: ["red", "blue"][random.below(2)],
                text: String(repeating: "t", count: random.below(60)))
            changes.append((id, random.below(3) == 0 ? nil : item))
        }
        return changes
    }
}

/// Runs transactions and notes what came of them. Unchecked: a world is driven by one thread.
private final class Recorder: @unchecked Sendable {
    var states: [CrashState] = [CrashState()]
    var answers: [(number: UInt64, callCount: Int)] = []
    var statistics = StoreStatistics()

    func run(_ group: [[CrashState.Change]], on store: Store, _ world: World) async {
        let finished = WakeSignal()
        let end = answers.count + group.count
        for changes in group {
            world.doors.scheduler.spawn(on: 0) {
                let number = try? await store.transact { tx -> UInt64 in
                    let number = tx.number + 1
                    for (id, item) in changes {
                        if let item { tx.put(item) } else { tx.delete(Item.self, Key(id)) }
                    }
                    tx.put(Line(number: Int64(number), text: "line \(number)"))
                    self.states.append(self.states[self.states.count - 1].changed(by: changes))
                    return number
                }
                self.answers.append((number ?? 0, world.disk.calls.count))
                if self.answers.count == end { finished.notify() }
            }
        }
        await finished.wait(until: nil, on: world.doors.scheduler)
    }
}
