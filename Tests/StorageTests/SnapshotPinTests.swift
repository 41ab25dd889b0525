import Runtime
import Simulation
import Testing

@testable import Storage

/// The age of snapshots, and what the statistics say of them and of the log.
@Suite struct SnapshotPinTests {
    @Test func `a snapshot that is held too long is refused further reads, another one is not`() throws {
        let world = TestWorld()
        let store = try world.open { $0.snapshotSecondsLimit = 10 }
        try world.transact(store) { tx in for id in 1...200 as ClosedRange<Int64> { tx.put(Note(id: id)) } }
        let snapshot = store.core.snapshot()
        #expect(store.statistics.snapshotCount == 1)
        #expect(snapshot.exists(Note.self, Key(Int64(1))))
        var count = 0
        snapshot.scan(Note.self) { _, _ in
            count += 1
            if count == 10 { world.pass(milliseconds: 10_001) }
            return true
        }
        #expect(count >= 10 && count < 200)
        #expect(snapshot.failure == .snapshotTooOld(limitSeconds: 10))
        #expect(!snapshot.exists(Note.self, Key(Int64(1))))
        #expect(store.statistics.oldestSnapshotSeconds == 10)
        #expect(throws: StoreError.snapshotTooOld(limitSeconds: 10)) {
            try store.readSync { snapshot in
                world.pass(milliseconds: 10_001)
                _ = snapshot.exists(Note.self, Key(Int64(1)))
            }
        }
        #expect(try store.readSync { $0.exists(Note.self, Key(Int64(1))) })
    }

    @Test func `a snapshot counts until it is released`() throws {
        let world = TestWorld()
        let store = try world.open()
        try world.transact(store) { $0.put(Note(id: 1)) }
        var held: [Snapshot] = [store.core.snapshot()]
        world.pass(milliseconds: 5000)
        held.append(store.core.snapshot())
        world.pass(milliseconds: 2000)
        #expect(store.statistics.snapshotCount == 2 && store.statistics.oldestSnapshotSeconds == 7)
        held.removeFirst()
        #expect(store.statistics.snapshotCount == 1 && store.statistics.oldestSnapshotSeconds == 2)
        held.removeFirst()
        #expect(store.statistics.snapshotCount == 0 && store.statistics.oldestSnapshotSeconds == 0)
    }

    @Test func `statistics count groups, their latencies and the bytes of transactions`() throws {
        let world = TestWorld()
        let store = try world.open()
        for id in 0..<20 as Range<Int64> {
            try world.transact(store) { $0.put(Note(id: id, text: String(repeating: "t", count: 100))) }
        }
        let statistics = store.statistics
        #expect(statistics.groupSizes.total == statistics.groupCount && statistics.groupSizes.sum == 20)
        #expect(statistics.syncMicroseconds.total == statistics.groupCount)
        #expect((2000...6000).contains(statistics.ingestedByteCount))
        #expect(statistics.writtenByteCount >= statistics.ingestedByteCount)
    }

    @Test(arguments: [(1, 0), (128, 0), (129, 1), (256, 1), (2_097_152, 14), (2_097_153, 15), (UInt64.max, 15)])
    func `a value is counted in the first class that reaches it`(value: UInt64, position: Int) {
        var histogram = StoreStatistics().syncMicroseconds
        histogram.add(value)
        #expect(histogram.counts.firstIndex(of: 1) == position && histogram.total == 1 && histogram.sum == value)
    }
}
