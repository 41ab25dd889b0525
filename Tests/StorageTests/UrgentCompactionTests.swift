import Runtime
import Simulation
import Testing

@testable import Storage

/// Merges of level 0 within itself, while a large merge below goes on.
@Suite struct UrgentCompactionTests {
    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `level 0 stays shallow while levels below are merged, and the newest of each key is found`(seed: UInt64) throws
    {
        let world = TestWorld(seed: seed)
        func small(_ options: inout StoreOptions) {
            options.memtableByteCount = 2 << 10
            options.blockByteCount = 300
            options.levelOneSegmentByteCount = 2 << 10
            options.segmentByteCount = 6 << 10
            options.levelByteCount = 4 << 10
            // A merge takes many steps, between which more comes.
            options.mergeStepByteCount = 100
            options.mergeSegmentCount = 2
            options.slowSegmentCount = 2
        }
        let store = try world.open(small)
        var random = TestRandom(seed: seed)
        var state: [Int64: Note] = [:]
        for round in 0..<12 {
            // Several at once, so that flushes come while merges go on.
            var tickets: [Ticket<Void>] = []
            for _ in 0..<150 {
                let id = Int64(random.below(120))
                let note = Note(
                    id: id, name: "n\(id)", color: "red",
                    text: "\(round) " + String(repeating: "t", count: random.below(150)))
                let isRemoved = random.below(4) == 0
                state[id] = isRemoved ? nil : note
                tickets.append(
                    Ticket(store) { tx in if isRemoved { tx.delete(Note.self, Key(id)) } else { tx.put(note) } })
            }
            world.run()
            for ticket in tickets { try ticket.answer() }
            if round % 3 == 0 { try Workload.check(store, state, "round \(round)") }
        }
        #expect(store.statistics.urgentCompactionCount > 0)
        try Workload.check(store, state, "at the end")
        let reopened = try world.crashed().open(small)
        try Workload.check(reopened, state, "after a crash")
    }
}
