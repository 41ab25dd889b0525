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
}
