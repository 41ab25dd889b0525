import Runtime
import Simulation
import Testing

@testable import Storage

@Suite struct ScrubTests {
    @Test func `damage to a segment nobody reads is found`() throws {
        let world = TestWorld()
        let store = try world.open { options in
            options.memtableByteCount = 3 << 10
            options.scrubIntervalSeconds = 60
        }
        for id in 0..<40 as Range<Int64> {
            let ticket = Ticket(store) { $0.put(Note(id: id, text: String(repeating: "x", count: 300))) }
            try world.world.run { ticket.isAnswered }
        }
        try world.world.run(milliseconds: 90_000)
        #expect(store.statistics.scrubCount == 1 && store.statistics.scrubFailureCount == 0)
        let segment = try #require(store.core.state.withLock { $0.version }.segments.first)
        world.world.disk.flipBit("/store/" + SegmentFormat.fileName(segment.summary.number), bit: 777)
        try world.world.run(milliseconds: 60_000)
        #expect(store.statistics.scrubFailureCount == 1)
        #expect(world.world.logLines.contains { $0.contains("storage_damage_found") })
    }

    @Test func `a server that is restarted often is scrubbed all the same`() throws {
        var world = TestWorld()
        var runs: UInt64 = 0
        for _ in 0..<6 {
            let store = try world.open { $0.scrubIntervalSeconds = 10_000 }
            let ticket = Ticket(store) { $0.put(Note(id: 1)) }
            try world.world.run { ticket.isAnswered }
            try world.world.run(milliseconds: 4_000_000)
            runs += store.statistics.scrubCount
            try world.world.run { _ in await store.close() }
            let clock = world.world.clock.now()
            world = world.crashed(.keepAll)
            world.world.clock.set(clock)
        }
        // After 3,600 seconds, for nothing says when it was done last, and after 10,000 more.
        #expect(runs == 2 || runs == 3)
        let store = try world.open { $0.scrubIntervalSeconds = 10_000 }
        #expect(store.statistics.scrubMilliseconds != nil)
    }

    @Test func `a scrub is slow and tells what rules the application finds broken`() throws {
        let world = TestWorld()
        let store = try world.open { options in
            options.memtableByteCount = 3 << 10
            options.scrubIntervalSeconds = 60
            options.scrubBytesPerSecond = 1000
            options.scrubRules = { snapshot in snapshot.exists(Note.self, Key(Int64(3))) ? ["note 3 is there"] : [] }
        }
        for id in 0..<40 as Range<Int64> {
            let ticket = Ticket(store) { $0.put(Note(id: id, text: String(repeating: "x", count: 300))) }
            try world.world.run { ticket.isAnswered }
        }
        try world.world.run(milliseconds: 62_000)
        #expect(store.statistics.scrubCount == 0)
        try world.world.run(milliseconds: 30_000)
        #expect(store.statistics.scrubCount == 1 && store.statistics.scrubFindingCount == 1)
        #expect(world.world.logLines.contains { $0.contains("note 3 is there") })
    }
}
