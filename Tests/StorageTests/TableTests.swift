import Runtime
import Testing

@testable import Storage

@Suite struct TableTests {
    /// Everything a table and its indexes must show, from a plain list of records.
    private static func check(_ snapshot: Snapshot, _ model: [Int64: Note]) {
        let notes = model.values.sorted { $0.id < $1.id }
        var seen: [Note] = []
        snapshot.scan(Note.self) { note, _ in
            seen.append(note)
            return true
        }
        #expect(seen == notes)
        var backwards: [Note] = []
        snapshot.scan(Note.self, order: .descending) { note, _ in
            backwards.append(note)
            return true
        }
        #expect(backwards == notes.reversed())
        for note in notes where !note.name.isEmpty { #expect(snapshot.first(Note.byName, Key(note.name)) == note) }
        for color in ["red", "green", "blue"] {
            let expected = notes.filter { $0.color == color }
                .sorted { ($1.text.utf8.count, $0.id) < ($0.text.utf8.count, $1.id) }
            for order in [ScanOrder.ascending, .descending] {
                // In pages of 2, each from the cursor of the one before.
                var found: [Note] = []
                var cursor: Key?
                while true {
                    let before = found.count
                    snapshot.scan(Note.byColor, prefix: Key(color), after: cursor, order: order, limit: 2) {
                        note, key in
                        found.append(note)
                        cursor = key
                        return true
                    }
                    if found.count == before { break }
                }
                #expect(found == (order == .ascending ? expected : expected.reversed()))
            }
        }
        var names: [String] = []
        snapshot.scanKeys(Note.byName) { _, primaryKey in
            names.append(snapshot.get(Note.self, primaryKey)?.name ?? "?")
            return true
        }
        #expect(names == notes.map(\.name).filter { !$0.isEmpty }.sorted { Key($0) < Key($1) })
    }

    @Test func `tables and indexes follow a model, within transactions, after them and after a restart`() throws {
        var random = TestRandom(seed: 21)
        let world = TestWorld()
        let store = try world.open()
        var model: [Int64: Note] = [:]
        for round in 0..<120 {
            var changes: [(Int64, Note?)] = []
            for _ in 0..<1 + random.below(6) {
                let id = Int64(random.below(40)) - 20
                let color = ["red", "green", "blue", ""][random.below(4)]
                let text = String(repeating: "x", count: random.below(4))
                let name = random.below(3) == 0 ? "" : "name-\(id)\(random.below(2))"
                changes.append((id, random.below(4) == 0 ? nil : Note(id: id, name: name, color: color, text: text)))
            }
            let fixed = changes
            let isDropped = round % 7 == 3
            for (id, note) in fixed where !isDropped { model[id] = note }
            let expected = model
            let ticket = Ticket(store) { tx in
                for (id, note) in fixed {
                    if let note { tx.put(note) } else { tx.delete(Note.self, Key(id)) }
                }
                if isDropped { throw CancellationError() }
                Self.check(tx, expected)
            }
            world.run()
            if isDropped {
                #expect(throws: CancellationError.self) { try ticket.answer() }
            } else {
                try ticket.answer()
            }
            if round % 10 == 9 { try store.readSync { Self.check($0, expected) } }
        }
        #expect(store.statistics.flushCount > 0)
        let again = world.crashed()
        let reopened = try again.open()
        try reopened.readSync { Self.check($0, model) }
        #expect(reopened.durableNumber == store.durableNumber)
    }

    @Test func `a snapshot does not change`() throws {
        let world = TestWorld()
        let store = try world.open()
        _ = Ticket(store) { $0.put(Note(id: 1, name: "one")) }
        world.run()
        let snapshot = store.core.snapshot()
        _ = Ticket(store) { tx in
            tx.delete(Note.self, Key(Int64(1)))
            tx.put(Note(id: 2, name: "two"))
        }
        world.run()
        #expect(snapshot.get(Note.self, Key(Int64(1)))?.name == "one")
        #expect(snapshot.get(Note.self, Key(Int64(2))) == nil)
        #expect(try store.readSync { $0.exists(Note.self, Key(Int64(2))) })
    }

    @Test func `ranges and cursors bound a scan in both orders`() throws {
        let world = TestWorld()
        let store = try world.open()
        _ = Ticket(store) { tx in for id in 0..<10 as Range<Int64> { tx.put(Note(id: id)) } }
        world.run()
        func ids(
            after: Int64? = nil, before: Int64? = nil, from: Int64? = nil, upTo: Int64? = nil, order: ScanOrder
        ) throws -> [Int64] {
            try store.readSync { snapshot in
                var ids: [Int64] = []
                snapshot.scan(
                    Note.self, after: after.map { Key($0) }, before: before.map { Key($0) }, from: from.map { Key($0) },
                    upTo: upTo.map { Key($0) }, order: order
                ) { note, _ in
                    ids.append(note.id)
                    return true
                }
                return ids
            }
        }
        #expect(try ids(after: 3, before: 7, order: .ascending) == [4, 5, 6])
        #expect(try ids(after: 7, before: 3, order: .descending) == [6, 5, 4])
        #expect(try ids(from: 3, upTo: 7, order: .ascending) == [3, 4, 5, 6])
        #expect(try ids(from: 3, upTo: 7, order: .descending) == [6, 5, 4, 3])
        #expect(try ids(after: 7, before: 3, order: .ascending) == [])
    }
}
