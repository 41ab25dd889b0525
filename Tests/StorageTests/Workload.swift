import Simulation
import Testing

@testable import Storage

/// A seeded run of transactions whose every state is known, to be cut off anywhere.
final class Workload {
    /// The records after each transaction; the first element is the empty store.
    private(set) var states: [[Int64: Note]] = [[:]]
    /// How many calls of the disk had happened when transaction `number` was answered.
    private(set) var answers: [(number: UInt64, callCount: Int)] = []
    let world: TestWorld

    /// Runs `bursts` bursts of up to `burstLimit` transactions on `disk`, from the records of `start` on.
    init(
        seed: UInt64, bursts: Int, burstLimit: Int, textLimit: Int, closes: Bool = false,
        _ options: (inout StoreOptions) -> Void = { _ in }
    ) throws {
        world = TestWorld(seed: seed, recordsCalls: true)
        var random = TestRandom(seed: seed)
        let store = try world.open(options)
        var number = 0
        for _ in 0..<bursts {
            var tickets: [Ticket<Void>] = []
            for _ in 0..<1 + random.below(burstLimit) {
                number += 1
                tickets.append(submit(store, UInt64(number), &random, textLimit))
            }
            // Sometimes the next burst comes before the mark of this one.
            if random.below(2) == 0 {
                world.run()
            } else {
                try world.world.run { tickets.allSatisfy(\.isAnswered) }
            }
        }
        if closes { try world.world.run { _ in await store.close() } }
    }

    private func submit(
        _ store: Store, _ number: UInt64, _ random: inout TestRandom, _ textLimit: Int
    ) -> Ticket<Void> {
        var state = states[states.count - 1]
        var changes: [(Int64, Note?)] = []
        for _ in 0..<1 + random.below(3) {
            let id = Int64(random.below(12))
            let text = String(repeating: "t", count: random.below(textLimit))
            let note = random.below(4) == 0 ? nil : Note(id: id, name: "n\(id)", color: "red", text: text)
            changes.append((id, note))
            state[id] = note
        }
        // Something always changes, so that each has a number.
        let last = Note(id: 99, name: "last", text: "\(number)")
        changes.append((99, last))
        state[99] = last
        states.append(state)
        let fixed = changes
        return Ticket(
            store, onAnswer: { [self] in answers.append((number, world.world.disk.calls.count)) },
            { tx in
                for (id, note) in fixed {
                    if let note { tx.put(note) } else { tx.delete(Note.self, Key(id)) }
                }
            })
    }

    var trace: DiskTrace { DiskTrace(firstImage: world.world.disk.firstImage, calls: world.world.disk.calls) }

    /// The last transaction that was answered by then.
    func acknowledged(after callCount: Int) -> UInt64 {
        answers.last { $0.callCount <= callCount }?.number ?? 0
    }

    /// Checks that `store` is a prefix of the run that holds everything acknowledged.
    func check(_ store: Store, acknowledged: UInt64, _ crash: String) throws {
        let number = store.durableNumber
        #expect(number >= acknowledged, "lost acknowledged transactions: \(crash)")
        guard number < UInt64(states.count) else {
            Issue.record("transaction \(number) never ran: \(crash)")
            return
        }
        try Self.check(store, states[Int(number)], crash)
    }

    static func check(_ store: Store, _ state: [Int64: Note], _ crash: String) throws {
        let (notes, names, colors) = try store.readSync { snapshot in
            var notes: [Note] = []
            var names: Set<Int64> = []
            var colors = 0
            snapshot.scan(Note.self) { note, _ in
                notes.append(note)
                return true
            }
            snapshot.scan(Note.byName) { note, _ in names.insert(note.id).inserted }
            snapshot.scanKeys(Note.byColor) { _, _ in
                colors += 1
                return true
            }
            return (notes, names, colors)
        }
        let isRight =
            notes == state.values.sorted { $0.id < $1.id } && names == Set(state.keys)
            && colors == state.values.count { !$0.color.isEmpty }
        #expect(isRight, "not the state after a transaction: \(crash)")
    }
}
