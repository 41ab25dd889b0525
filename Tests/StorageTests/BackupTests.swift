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
        #expect(throws: StoreError.self) { try world.world.run { _ in try await store.backup(to: "backup") } }
        let before = world.world.disk.image.contents("/backup")
        try Self.put(world, store, 30..<60)
        world.world.disk.faults.capacity = world.world.disk.image.usedByteCount + 8192
        #expect(throws: StoreError.self) {
            try world.world.run { _ in try await store.backup(to: "backup", replaces: true) }
        }
        #expect(world.world.disk.image.contents("/backup") == before)
    }

    @Test func `a store that nobody serves is backed up without a change, with what only its log holds`() throws {
        let world = TestWorld()
        let store = try world.open(Self.small)
        try Self.put(world, store, 0..<33)
        let again = world.crashed(.loseAll)
        let before = again.world.disk.image.filePaths.map { ($0, again.world.disk.image.contents($0)) }
        var options = TestWorld.smallOptions
        Self.small(&options)
        options.isReadOnly = true
        let reader = try Store.open(directory: "store", doors: again.world.doors, options: options)
        let report = try again.world.run { _ in try await reader.backup(to: "backup", note: [1, 2, 3]) }
        #expect(report.transactionNumber == 33)
        for (path, contents) in before where path != "/store/lock" {
            #expect(again.world.disk.image.contents(path) == contents, "\(path)")
        }
        let files = again.world.doors.files
        let backup = try BackupFile(try files.open("backup", .readOnly), name: "backup")
        #expect(backup.note == [1, 2, 3])
        try backup.checkHash()
        // The backup itself can be read as a store.
        let contents = try backup.contents()
        #expect(Store.verify(directory: BackupFile.virtualDirectory, files: contents).failures.isEmpty)
        try backup.restore(to: "other", files: files)
        options.isReadOnly = false
        let other = try Store.open(directory: "other", doors: again.world.doors, options: options)
        #expect(other.durableNumber == 33)
        #expect(try Self.count(other) == 33)
    }

    @Test
    func `a directory that holds anything else takes no backup, and what an interrupted restore left is replaced`()
        throws
    {
        let world = TestWorld()
        let store = try world.open(Self.small)
        try Self.put(world, store, 0..<20)
        _ = try world.world.run { _ in try await store.backup(to: "backup") }
        let files = world.world.doors.files
        try files.makeDirectory("other")
        func add(_ name: String) throws {
            let file = try files.open("other/" + name, .createNew)
            try file.write([1], at: 0)
            file.close()
        }
        try add("segment-0000000001")
        #expect(throws: StoreError.self) { try Store.restore(from: "backup", to: "other", files: files) }
        #expect(world.world.disk.image.contents("/other/segment-0000000001") == [1])
        try add("restoring")
        #expect(throws: StoreError.self) { _ = try Store.open(directory: "other", doors: world.world.doors) }
        try add("notes")
        #expect(throws: StoreError.self) { try Store.restore(from: "backup", to: "other", files: files) }
        #expect(world.world.disk.image.contents("/other/segment-0000000001") == [1])
        try files.remove("other/notes")
        try add("key")
        let backup = try BackupFile(try files.open("backup", .readOnly), name: "backup")
        try backup.restore(to: "other", files: files, companions: [("stamp", [7])], harmlessNames: ["key"])
        #expect(world.world.disk.image.contents("/other/stamp") == [7])
        #expect(world.world.disk.image.contents("/other/key") == [1])
        #expect(world.world.disk.image.contents("/other/restoring") == nil)
        #expect(Store.verify(directory: "other", files: files).failures.isEmpty)
    }

    @Test func `a restore without room leaves the directory as it was`() throws {
        let world = TestWorld()
        let store = try world.open(Self.small)
        try Self.put(world, store, 0..<60)
        _ = try world.world.run { _ in try await store.backup(to: "backup") }
        try world.world.run { _ in await store.close() }
        let files = world.world.doors.files
        let paths = world.world.disk.image.filePaths
        world.world.disk.faults.capacity = world.world.disk.image.usedByteCount + 8192
        #expect(throws: StoreError.self) { try Store.restore(from: "backup", to: "other", files: files) }
        #expect(world.world.disk.image.filePaths == paths)
        #expect(try files.status("other") == nil)
    }
}
