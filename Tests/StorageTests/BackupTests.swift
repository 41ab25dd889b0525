import Runtime
import Simulation
import Testing

@testable import Storage

@Suite struct BackupTests {
    private static func small(_ options: inout StoreOptions) {
        options.memtableByteCount = 3 << 10
        options.blockByteCount = 300
        options.levelOneSegmentByteCount = 2 << 10
        options.levelByteCount = 6 << 10
    }

    private static func put(_ world: TestWorld, _ store: Store, _ ids: Range<Int64>) throws {
        for id in ids {
            try world.transact(store) { $0.put(Note(id: id, text: String(repeating: "x", count: 200))) }
        }
    }

    private static func count(_ store: Store) throws -> Int {
        try store.readSync { snapshot in
            var count = 0
            snapshot.scan(Note.self) { _, _ in
                count += 1
                return true
            }
            return count
        }
    }

    @Test func `a backup of a running store is restored elsewhere, and goes on`() throws {
        let world = TestWorld()
        let store = try world.open(Self.small)
        try Self.put(world, store, 0..<70)
        let report = try world.world.run { _ in try await store.backup(to: "backup") }
        #expect(report.transactionNumber == 70 && report.segmentCount > 0)
        try Self.put(world, store, 70..<80)
        #expect(try Self.count(store) == 80)
        let again = world.crashed(.loseAll)
        let files = again.world.doors.files
        let restored = try Store.restore(from: "backup", to: "other", files: files)
        #expect(restored == report)
        #expect(throws: StoreError.self) { try Store.restore(from: "backup", to: "store", files: files) }
        #expect(Store.verify(directory: "other", files: files).failure == nil)
        let third = again.crashed(.loseAll)
        var options = TestWorld.smallOptions
        Self.small(&options)
        let other = try Store.open(directory: "other", doors: third.world.doors, options: options)
        #expect(other.durableNumber == 70)
        #expect(other.storeID == store.storeID)
        #expect(try Self.count(other) == 70)
        try Self.put(third, other, 100..<110)
        let last = third.crashed(.loseAll)
        let reopened = try Store.open(directory: "other", doors: last.world.doors, options: options)
        #expect(try Self.count(reopened) == 80)
    }

    @Test func `a backup with one flipped bit is refused`() throws {
        let world = TestWorld()
        let store = try world.open(Self.small)
        try Self.put(world, store, 0..<30)
        let report = try world.world.run { _ in try await store.backup(to: "backup") }
        var random = TestRandom(seed: 3)
        for _ in 0..<40 {
            var image = world.world.disk.crashImage(.loseAll)
            image.flipBit("/backup", bit: random.below(Int(report.byteCount) * 8))
            let files = TestWorld(disk: image).world.doors.files
            #expect(throws: StoreError.self) { try Store.restore(from: "backup", to: "other", files: files) }
            #expect(try files.status("other") == nil)
        }
    }

    @Test func `a restore that is interrupted anywhere leaves no store, or the whole one`() throws {
        let first = TestWorld()
        let store = try first.open(Self.small)
        try Self.put(first, store, 0..<20)
        _ = try first.world.run { _ in try await store.backup(to: "backup") }
        let world = TestWorld(disk: first.world.disk.crashImage(.loseAll), recordsCalls: true)
        _ = try Store.restore(from: "backup", to: "other", files: world.world.doors.files)
        let trace = DiskTrace(firstImage: world.world.disk.firstImage, calls: world.world.disk.calls)
        try trace.forEachCrash(seed: 4, limit: 4) { image, crash in
            let again = TestWorld(disk: image)
            let files = again.world.doors.files
            var options = TestWorld.smallOptions
            options.createsStore = false
            if let opened = try? Store.open(directory: "other", doors: again.world.doors, options: options) {
                #expect(try Self.count(opened) == 20, "\(crash)")
            } else {
                _ = try Store.restore(from: "backup", to: "other", files: files)
                #expect(Store.verify(directory: "other", files: files).failure == nil)
            }
        }
    }

    @Test func `a backup that fails leaves the one before in place`() throws {
        let world = TestWorld()
        let store = try world.open(Self.small)
        try Self.put(world, store, 0..<30)
        _ = try world.world.run { _ in try await store.backup(to: "backup") }
        let before = world.world.disk.image.contents("/backup")
        try Self.put(world, store, 30..<60)
        world.world.disk.faults.capacity = world.world.disk.image.usedByteCount + 8192
        #expect(throws: StoreError.self) { try world.world.run { _ in try await store.backup(to: "backup") } }
        #expect(world.world.disk.image.contents("/backup") == before)
    }
}
