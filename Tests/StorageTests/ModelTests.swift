import Runtime
import Simulation
import Testing

@testable import Storage

/// The same random operations on the store, under options that must not matter, and on a dictionary; every answer is
/// compared.
@Suite struct ModelTests {
    private typealias State = [Int64: Note]

    private static let idCount = 70
    private static let colors = ["", "blue", "green", "red"]

    /// Options far from each other and from the product's.
    private static func vary(_ options: inout StoreOptions, _ random: inout TestRandom) {
        options.memtableByteCount = [1, 900, 4 << 10, 64 << 10][random.below(4)]
        options.blockByteCount = [1, 120, 700, 4096][random.below(4)]
        options.cacheByteCount = [0, 2 << 10, 30 << 10, 8 << 20][random.below(4)]
        options.levelOneSegmentByteCount = [500, 3 << 10, 1 << 20][random.below(3)]
        options.segmentByteCount = [900, 8 << 10, 4 << 20][random.below(3)]
        options.levelByteCount = [500, 6 << 10, 1 << 20][random.below(3)]
        options.mergeStepByteCount = [1, 400, 256 << 10][random.below(3)]
        options.slowSegmentCount = 4 + random.below(6)
        options.stopSegmentCount = 8 + random.below(6)
        options.logFileByteCount = [64, 96, 256][random.below(3)] << 10
        options.logAheadByteCount = [4, 8, 32][random.below(3)] << 10
        options.scanMarkLimit = [1, 2, 32][random.below(3)]
        options.scanWalkLimit = [1, 3, 20_000][random.below(3)]
    }

    /// One store, its model, and what is going on with both.
    private final class Run {
        var random: TestRandom
        var world: TestWorld
        var store: Store
        var state: State = [:]
        /// Snapshots held, with what they must show for ever.
        var held: [(snapshot: Snapshot, state: State)] = []
        /// A walk of pages over a set of keys that goes on while the store changes.
        var walk: (order: ScanOrder, cursor: Key, last: Int64)?
        var statistics: [StoreStatistics] = []
        var comparisonCount = 0
        let seed: UInt64

        init(seed: UInt64) throws {
            self.seed = seed
            random = TestRandom(seed: seed)
            world = TestWorld(seed: seed)
            var random = random
            store = try world.open { ModelTests.vary(&$0, &random) }
            self.random = random
        }

        func expect(_ isRight: Bool, _ what: @autoclosure () -> String) {
            comparisonCount += 1
            if !isRight { Issue.record("seed \(seed), after \(store.durableNumber): \(what())") }
        }

        func step() throws {
            switch random.below(20) {
            case 0..<9: try write()
            case 9: try world.world.run(milliseconds: random.below(400))
            case 10: if held.count < 4 { held.append((store.core.snapshot(), state)) }
            case 11: if !held.isEmpty { held.remove(at: random.below(held.count)) }
            case 12: compareHeld()
            case 13, 14: page()
            case 15 where random.below(3) == 0: try reopen()
            default: try store.readSync { compare($0, state) }
            }
        }

        private func write() throws {
            var changes: [(Int64, Note?)] = []
            for _ in 0..<1 + random.below(5) {
                let id = Int64(random.below(ModelTests.idCount))
                var note = Note(id: id, name: "name \(id)", color: ModelTests.colors[random.below(4)])
                if random.below(8) == 0 { note.name = "" }
                note.text = String(repeating: "t", count: random.below(random.below(9) == 0 ? 4000 : 200))
                changes.append((id, random.below(3) == 0 ? nil : note))
            }
            let fixed = changes
            var next = state
            for (id, note) in fixed { next[id] = note }
            let ticket = Ticket(store) { tx -> State in
                for (id, note) in fixed { if let note { tx.put(note) } else { tx.delete(Note.self, Key(id)) } }
                // Its own writes stand over what is stored.
                var seen: State = [:]
                tx.scan(Note.self) { note, _ in
                    seen[note.id] = note
                    return true
                }
                return seen
            }
            // Flushes and compactions stay where they are, to go on between the steps that follow.
            try world.world.run { ticket.refusal != nil || ticket.isAnswered }
            guard ticket.refusal == nil else { return try world.world.run(milliseconds: 300) }
            let seen: State
            do { seen = try ticket.answer() } catch StoreError.busy { return }
            expect(seen == next, "a transaction does not see what it wrote")
            state = next
        }

        private func reopen() throws {
            held = []
            statistics.append(store.statistics)
            if random.below(2) == 0 {
                let store = store
                try world.world.run { _ in await store.close() }
            }
            world = world.crashed([.loseAll, .keepAll, .seeded(random.next())][random.below(3)], seed: random.next())
            var random = random
            store = try world.open { ModelTests.vary(&$0, &random) }
            self.random = random
            try store.readSync { compare($0, state) }
        }

        private func compareHeld() {
            for (snapshot, state) in held {
                compare(snapshot, state)
                expect(snapshot.failure == nil, "\(String(describing: snapshot.failure))")
            }
        }

        /// Some questions of every kind.
        private func compare(_ snapshot: Snapshot, _ state: State) {
            for _ in 0..<4 {
                let id = Int64(random.below(ModelTests.idCount + 3))
                expect(snapshot.get(Note.self, Key(id)) == state[id], "note \(id)")
                expect(snapshot.exists(Note.self, Key(id)) == (state[id] != nil), "whether there is a note \(id)")
                let named = state[id].flatMap { $0.name.isEmpty ? nil : $0 }
                expect(snapshot.first(Note.byName, Key("name \(id)")) == named, "the note of name \(id)")
            }
            compareScan(snapshot, state)
            compareColors(snapshot, state)
        }

        private func compareScan(_ snapshot: Snapshot, _ state: State) {
            let order = [ScanOrder.ascending, .descending][random.below(2)]
            let limit = [1, 3, 20, Int.max][random.below(4)]
            let from = random.below(2) == 0 ? nil : Int64(random.below(ModelTests.idCount))
            let upTo = random.below(2) == 0 ? nil : Int64(random.below(ModelTests.idCount))
            let after = random.below(2) == 0 ? nil : Int64(random.below(ModelTests.idCount))
            var expected = state.values.sorted { $0.id < $1.id }.filter { note in
                (from ?? .min) <= note.id && note.id < (upTo ?? .max)
            }
            if order == .descending { expected.reverse() }
            if let after { expected.removeAll { order == .ascending ? $0.id <= after : $0.id >= after } }
            var seen: [Note] = []
            snapshot.scan(
                Note.self, after: after.map { Key($0) }, from: from.map { Key($0) }, upTo: upTo.map { Key($0) },
                order: order, limit: limit
            ) { note, key in
                seen.append(note)
                return key == Key(note.id)
            }
            expect(
                seen == Array(expected.prefix(limit)),
                "\(seen.map(\.id)) \(order), limit \(limit), from \(from ?? -1) to \(upTo ?? -1) after \(after ?? -1)")
        }

        private func compareColors(_ snapshot: Snapshot, _ state: State) {
            let color = ModelTests.colors[1 + random.below(3)]
            let order = [ScanOrder.ascending, .descending][random.below(2)]
            let limit = [2, 9, Int.max][random.below(3)]
            var expected = state.values.filter { $0.color == color }.sorted { left, right in
                let (first, second) = (left.text.utf8.count, right.text.utf8.count)
                return first == second ? left.id < right.id : first > second
            }
            if order == .descending { expected.reverse() }
            var seen: [Note] = []
            snapshot.scan(Note.byColor, prefix: Key(color), order: order, limit: limit) { note, _ in
                seen.append(note)
                return true
            }
            expect(seen == Array(expected.prefix(limit)), "\(color), \(order), limit \(limit)")
        }

        /// The next page of a walk, in the newest state; each note behind the cursor is met once, in order.
        private func page() {
            let order = walk?.order ?? [ScanOrder.ascending, .descending][random.below(2)]
            let limit = 1 + random.below(12)
            var expected = state.values.sorted { $0.id < $1.id }
            if order == .descending { expected.reverse() }
            if let last = walk?.last { expected.removeAll { order == .ascending ? $0.id <= last : $0.id >= last } }
            var seen: [Note] = []
            var cursor = walk?.cursor
            store.core.snapshot().scan(Note.self, after: cursor, order: order, limit: limit) { note, key in
                seen.append(note)
                cursor = key
                return true
            }
            expect(seen == Array(expected.prefix(limit)), "a page of \(limit), \(order), after \(walk?.last ?? -1)")
            walk = seen.count < limit ? nil : cursor.flatMap { key in seen.last.map { (order, key, $0.id) } }
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `the store answers as a dictionary does, whatever its options`(seed: UInt64) throws {
        let run = try Run(seed: seed)
        for _ in 0..<150 { try run.step() }
        #expect(run.comparisonCount > 500)
    }

    @Test func `the runs flush, compact, move and reopen`() throws {
        var flushes: UInt64 = 0
        var merges: UInt64 = 0
        var openings = 0
        for seed in 101...104 as ClosedRange<UInt64> {
            let run = try Run(seed: seed)
            for _ in 0..<150 { try run.step() }
            for statistics in run.statistics + [run.store.statistics] {
                flushes += statistics.flushCount
                merges += statistics.compactionCount
                openings += 1
            }
        }
        #expect(flushes > 50 && merges > 10 && openings > 5)
    }
}
