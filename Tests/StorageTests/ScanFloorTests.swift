import Simulation
import Testing

@testable import Storage

@Suite struct ScanFloorTests {
    private static func note(_ id: Int64, due: Int64) -> Note {
        var note = Note()
        note.id = id
        note.color = "due"
        // The index orders by the length of the text, longest first.
        note.text = String(repeating: "x", count: 400 - Int(due))
        return note
    }

    private static func due(_ snapshot: Snapshot, limit: Int = .max) -> [Int64] {
        var ids: [Int64] = []
        snapshot.scan(Note.byColor, prefix: Key("due"), limit: limit) { note, _ in
            ids.append(note.id)
            return true
        }
        return ids
    }

    /// An index used as a queue, beside a model: every state that is held shows for ever what it showed at first.
    @Test(arguments: UInt64(1)...12) func `a queue shows what is in it, whatever was taken from its front`(
        seed: UInt64
    ) throws {
        var random = TestRandom(seed: seed)
        let world = TestWorld(seed: seed)
        let marks = [1, 2, 8][random.below(3)]
        let walk = [1, 4, 20_000][random.below(3)]
        let memtable = [2 << 10, 32 << 10][random.below(2)]
        let store = try world.open { options in
            options.scanMarkLimit = marks
            options.scanWalkLimit = walk
            options.memtableByteCount = memtable
        }
        var model: [(due: Int64, id: Int64)] = []
        var held: [(Snapshot, [Int64])] = []
        var nextID: Int64 = 0
        func sorted() -> [Int64] { model.sorted { ($0.due, $0.id) < ($1.due, $1.id) }.map(\.id) }
        for step in 0..<250 {
            switch random.below(10) {
            case 0..<4:
                // Mostly far back, at times at the very front.
                nextID += 1
                let note = (due: Int64(random.below(4) == 0 ? random.below(step + 1) : step + 50), id: nextID)
                model.append(note)
                // A transaction that scans sees its own entry, in front of a floor too.
                let expected = sorted()
                let seen = try world.transact(store) { transaction -> [Int64] in
                    transaction.put(Self.note(note.id, due: note.due))
                    return Self.due(transaction)
                }
                #expect(seen == expected, "own write, step \(step)")
            case 4..<8 where !model.isEmpty:
                let taken = sorted().prefix(1 + random.below(3))
                model.removeAll { taken.contains($0.id) }
                try world.transact(store) { transaction in
                    for id in taken { transaction.delete(Note.self, Key(id)) }
                }
            case 8 where held.count < 6:
                held.append((store.core.snapshot(), sorted()))
            default:
                let one = sorted().first
                #expect(Self.due(store.core.snapshot(), limit: 1).first == one, "front, step \(step)")
            }
            #expect(Self.due(store.core.snapshot()) == sorted(), "step \(step)")
            for (snapshot, expected) in held { #expect(Self.due(snapshot) == expected, "held, step \(step)") }
            if held.count == 6, random.below(8) == 0 { held.removeFirst() }
        }
    }

    @Test func `what was taken from the front is stepped over once and not at every look`() throws {
        let world = TestWorld()
        let store = try world.open { $0.memtableByteCount = 8 << 20 }
        for batch in 0..<20 {
            try world.transact(store) { transaction in
                for index in 0..<20 { transaction.put(Self.note(Int64(batch * 20 + index), due: Int64(batch))) }
            }
        }
        for batch in 0..<19 {
            try world.transact(store) { transaction in
                for index in 0..<20 { transaction.delete(Note.self, Key(Int64(batch * 20 + index))) }
            }
        }
        let range = try #require(
            KeyRange(
                table: Note.tableNumber, index: 2, prefix: Key("due"), after: nil, before: nil, from: nil, upTo: nil,
                order: .ascending
            ).bounds)
        func marks() throws -> Int {
            let snapshot = store.core.snapshot()
            let lower = snapshot.beginning(of: range.lower)
            var cursor = try #require(snapshot.cursor(lower: lower, upper: range.upper, order: .ascending))
            _ = try cursor.next()
            return cursor.markCount
        }
        #expect(try marks() == 380)
        #expect(Self.due(store.core.snapshot(), limit: 1) == [380])
        // The next transaction follows the suggestion.
        try world.transact(store) { $0.put(Self.note(1000, due: 300)) }
        #expect(try marks() == 0)
        #expect(Self.due(store.core.snapshot()).count == 21)
        // Something at the very front is found again.
        try world.transact(store) { $0.put(Self.note(1001, due: 0)) }
        #expect(Self.due(store.core.snapshot(), limit: 1) == [1001])
    }
}
