import Runtime
import Simulation
import StorageScenarios
import Testing

@testable import Storage

/// What may happen to a store: each fault, and what must come of it.
///
/// This half is about crashes and failing calls, `DamageListTests` about what a disk does to bytes at rest.
@Suite struct FaultListTests {
    /// Runs a workload with flushes on a disk with `faults`; then what is left must hold everything acknowledged.
    /// - Returns: calls, syncs and writes of the run, and whether the store stopped.
    @discardableResult
    private static func survive(
        _ faults: DiskFaults, seed: UInt64
    ) throws -> (calls: Int, syncs: Int, writes: Int, hasStopped: Bool) {
        let world = TestWorld(seed: seed, faults: faults)
        var acknowledged: UInt64 = 0
        var ran: UInt64 = 0
        var hasStopped = false
        do {
            let store = try world.open(DamagedStore.small)
            for number in 1...12 as ClosedRange<Int64> {
                do {
                    try world.transact(store) { tx in
                        tx.put(Note(id: number, name: "n\(number)", text: String(repeating: "x", count: 900)))
                    }
                    ran = store.durableNumber
                    #expect(ran > acknowledged)
                    acknowledged = ran
                } catch StoreError.outcomeUnknown {
                    ran = acknowledged + 1
                    hasStopped = true
                } catch StoreError.closed {
                    hasStopped = true
                } catch StoreError.storageFull {
                    continue
                } catch StoreError.busy {
                    continue
                }
            }
        } catch {
            guard case .file = error as? StoreError else { throw error }
        }
        let disk = world.world.disk
        for policy in [CrashPolicy.keepAll, .loseAll, .seeded(seed)] {
            let again = world.crashed(policy)
            let store = try again.open(DamagedStore.small)
            let number = store.durableNumber
            #expect(number >= acknowledged && number <= max(ran, acknowledged), "\(faults), \(policy)")
            let count = try store.readSync { snapshot in
                var count: UInt64 = 0
                snapshot.scan(Note.byName) { _, _ in
                    count += 1
                    return true
                }
                return count
            }
            #expect(count == number, "\(faults), \(policy)")
            #expect(Store.verify(directory: "store", files: again.world.doors.files).failure == nil)
        }
        return (disk.callCount, disk.syncCount, disk.writeCount, hasStopped)
    }

    // MARK: Crashes

    @Test func `crash at any call, also within recovery`() throws {
        var limits = CrashSearch.Limits()
        limits.diskCount = 4
        limits.secondDiskCount = 2
        limits.secondStride = 90
        let report = try CrashSearch(seed: 5, limits: limits).run()
        #expect(report.findings == [])
        #expect(report.callCount > 100 && report.secondCallCount > 50)
    }

    @Test func `torn, lost, reordered writes`() throws {
        let workload = try Workload(seed: 51, bursts: 5, burstLimit: 3, textLimit: 1500)
        // Any subset of what was not synced is kept, each kept block perhaps in part.
        var count = 0
        let calls = workload.trace.calls.count
        try workload.trace.forEachCrash(seed: 51, limit: 10, callCounts: calls / 3...calls) { image, crash in
            count += 1
            let store = try TestWorld(disk: image).open()
            try workload.check(store, acknowledged: workload.acknowledged(after: crash.callCount), "\(crash)")
        }
        #expect(count > 100)
    }

    // MARK: Failing calls

    @Test func `EIO at each sync`() throws {
        let (_, syncs, _, _) = try Self.survive(DiskFaults(), seed: 1)
        #expect(syncs > 30)
        var stopCount = 0
        for sync in 1...syncs {
            var faults = DiskFaults()
            faults.failingSyncs = [sync]
            stopCount += try Self.survive(faults, seed: UInt64(sync)).hasStopped ? 1 : 0
        }
        #expect(stopCount > 10)
    }

    @Test func `EIO at each write, with part of the bytes written`() throws {
        let (_, _, writes, _) = try Self.survive(DiskFaults(), seed: 1)
        #expect(writes > 30)
        var stopCount = 0
        for write in 1...writes {
            var faults = DiskFaults()
            faults.failingWrites = [write: .inputOutput]
            stopCount += try Self.survive(faults, seed: UInt64(write)).hasStopped ? 1 : 0
        }
        #expect(stopCount > 10)
    }

    @Test func `ENOSPC at each call`() throws {
        let (calls, _, _, _) = try Self.survive(DiskFaults(), seed: 1)
        #expect(calls > 80)
        for call in 1...calls {
            var faults = DiskFaults()
            faults.failingCalls = [call: .noSpace]
            try Self.survive(faults, seed: UInt64(call))
        }
    }

    // MARK: The rest of the machine

    @Test(arguments: [-40_000_000_000, -3_600_000, 3_600_000, 40_000_000_000] as [Int64])
    func `clock jump`(milliseconds: Int64) throws {
        let world = TestWorld()
        let store = try world.open(DamagedStore.small)
        var last = try world.transact(store) { tx in
            tx.put(Note(id: 0))
            return tx.now
        }
        world.world.clock.jump(milliseconds: milliseconds)
        for id in 1..<30 as Range<Int64> {
            let now = try world.transact(store) { tx in
                tx.put(Note(id: id, text: String(repeating: "x", count: 400)))
                return tx.now
            }
            #expect(now >= last)
            last = now
        }
        #expect(store.statistics.flushCount > 1)
        // A machine whose clock is wrong again goes on from the last time it wrote.
        let again = world.crashed()
        again.world.clock.jump(milliseconds: -milliseconds)
        let reopened = try again.open(DamagedStore.small)
        #expect(reopened.durableNumber == 30)
        let now = try again.transact(reopened) { tx in
            tx.put(Note(id: 100))
            return tx.now
        }
        #expect(now >= last)
    }

    @Test func `second process`() throws {
        let world = TestWorld()
        let store = try world.open { $0.holderNote = "process 4711" }
        try world.transact(store) { $0.put(Note(id: 1)) }
        let calls = world.world.disk.callCount
        for isReadOnly in [false, true] {
            do {
                _ = try world.open { $0.isReadOnly = isReadOnly }
                Issue.record("two have the store open")
            } catch {
                #expect(error == .held(by: "process 4711"))
                #expect(error.description.contains("process 4711"))
            }
        }
        // Trying changes nothing, and the holder goes on.
        #expect(world.world.disk.callCount <= calls + 2)
        try world.transact(store) { $0.put(Note(id: 2)) }
        try world.world.run { _ in await store.close() }
        let next = try world.open()
        #expect(next.durableNumber == 2)
        try world.world.run { _ in await next.close() }
        // A crash leaves no lock behind.
        #expect(try world.crashed().open().durableNumber == 2)
    }
}
