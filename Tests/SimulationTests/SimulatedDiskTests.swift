import Runtime
import Simulation
import Testing

@Suite struct SimulatedDiskTests {
    private static func made(
        _ path: String, _ bytes: [UInt8], on files: any FileSystem
    ) throws -> any File {
        let file = try files.open(path, .createNew)
        try file.write(bytes, at: 0)
        return file
    }

    @Test func `files behave like files`() throws {
        let files = World(seed: 1).doors.files
        try files.makeDirectory("/data")
        let file = try Self.made("/data/a", [1, 2, 3], on: files)
        try file.write([9], at: 10_000)
        #expect(try file.byteCount() == 10_001)
        #expect(try file.read(at: 1, count: 4) == [2, 3, 0, 0])
        #expect(try file.read(at: 9_999, count: 100) == [0, 9])
        #expect(try file.read(at: 20_000, count: 1).isEmpty)
        try file.truncate(to: 2)
        try file.truncate(to: 4)
        #expect(try file.read(at: 0, count: 9) == [1, 2, 0, 0])
        file.close()
        file.close()
        #expect(throws: FileError.self) { try file.sync() }
        #expect(throws: FileError(.alreadyExists, operation: "", path: "/data/a")) {
            _ = try files.open("/data/a", .createNew)
        }
        #expect(throws: FileError(.notFound, operation: "", path: "/none/a")) {
            _ = try files.open("/none/a", .createNew)
        }
        #expect(throws: FileError(.notFound, operation: "", path: "b")) { _ = try files.open("b", .readOnly) }
        let reader = try files.open("/data/a", .readOnly)
        #expect(throws: FileError.self) { try reader.write([1], at: 0) }
        try files.link("/data/a", to: "/data/c")
        try files.rename("/data/a", to: "/data/b")
        #expect(try files.list("data") == ["b", "c"])
        #expect(try files.status("/data/b")?.byteCount == 4)
        #expect(try files.status("/data")?.isDirectory == true)
        #expect(try files.status("/data/a") == nil)
        #expect(throws: FileError.self) { try files.remove("/data") }
        try files.remove("/data/b")
        let other = try files.open("/data/c", .readOnly)
        #expect(try other.read(at: 0, count: 9) == [1, 2, 0, 0])
        try files.remove("/data/c")
        try files.remove("/data")
        #expect(try files.list("/").isEmpty)
    }

    @Test func `a removed file lives on while open`() throws {
        let world = World(seed: 1)
        let file = try Self.made("a", [1, 2, 3], on: world.doors.files)
        try world.doors.files.remove("a")
        #expect(try file.read(at: 0, count: 3) == [1, 2, 3])
        #expect(world.disk.image.usedByteCount == 4096)
        file.close()
        #expect(world.disk.image.usedByteCount == 0)
    }

    @Test func `what was synced survives a thousand crashes, what was not may be lost or torn`() throws {
        let world = World(seed: 1)
        let files = world.doors.files
        try files.makeDirectory("/data")
        try files.syncDirectory("/")
        let old = [UInt8](repeating: 1, count: 20_000)
        let file = try Self.made("/data/a", old, on: files)
        try file.sync()
        try files.syncDirectory("/data")
        // Unsynced: the second block again, and new bytes at the end.
        let new = [UInt8](repeating: 2, count: 4096)
        try file.write(new, at: 4096)
        try file.write(new, at: 20_480)
        var whole = 0
        var lost = 0
        var torn = 0
        var grown = 0
        for seed in 0..<1000 as Range<UInt64> {
            let image = world.disk.crashImage(seed: seed)
            let bytes = try #require(image.contents("/data/a"))
            #expect(Array(bytes[0..<4096]) == Array(old[0..<4096]))
            #expect(Array(bytes[8192..<20_000]) == Array(old[8192..<20_000]))
            let count = bytes[4096..<8192].count { $0 == 2 }
            #expect(count % 512 == 0)
            whole += count == 4096 ? 1 : 0
            lost += count == 0 ? 1 : 0
            torn += (1..<4096).contains(count) ? 1 : 0
            #expect(bytes.count == 20_000 || bytes.count == 24_576)
            grown += bytes.count > 20_000 ? 1 : 0
        }
        #expect(whole > 100 && lost > 100 && torn > 100 && grown > 100)
        #expect(world.disk.crashImage(.keepAll).contents("/data/a") == world.disk.image.contents("/data/a"))
        #expect(world.disk.crashImage(.loseAll).contents("/data/a") == old)
    }

    @Test func `an overwritten block may have any version it had`() throws {
        let world = World(seed: 1)
        let file = try Self.made("a", [UInt8](repeating: 1, count: 512), on: world.doors.files)
        try file.sync()
        try world.doors.files.syncDirectory("/")
        try file.write([UInt8](repeating: 2, count: 512), at: 0)
        try file.write([UInt8](repeating: 3, count: 512), at: 0)
        let found = Set((0..<200 as Range<UInt64>).compactMap { world.disk.crashImage(seed: $0).contents("a")?.first })
        #expect(found == [1, 2, 3])
    }

    @Test func `a truncation is lost or kept as a whole`() throws {
        let world = World(seed: 1)
        let file = try Self.made("a", [UInt8](repeating: 1, count: 9000), on: world.doors.files)
        try file.sync()
        try world.doors.files.syncDirectory("/")
        try file.truncate(to: 0)
        for seed in 0..<200 as Range<UInt64> {
            let bytes = try #require(world.disk.crashImage(seed: seed).contents("a"))
            #expect(bytes.isEmpty || bytes == [UInt8](repeating: 1, count: 9000))
        }
    }

    @Test func `names are lost or kept until their directory is synced`() throws {
        let world = World(seed: 1)
        let files = world.doors.files
        try Self.made("current", [1], on: files).sync()
        try files.syncDirectory("/")
        try Self.made("next", [2], on: files).sync()
        try files.rename("next", to: "current")
        let outcomes = (0..<300 as Range<UInt64>).map { seed -> String in
            let image = world.disk.crashImage(seed: seed)
            return "\(image.contents("current") ?? []) \(image.contents("next") ?? [])"
        }
        #expect(Set(outcomes) == ["[1] []", "[1] [2]", "[2] []"])
        try files.syncDirectory("/")
        for seed in 0..<100 as Range<UInt64> {
            #expect(world.disk.crashImage(seed: seed).contents("current") == [2])
            #expect(world.disk.crashImage(seed: seed).filePaths == ["/current"])
        }
    }

    @Test func `a removal may come undone until the directory is synced`() throws {
        let world = World(seed: 1)
        let files = world.doors.files
        try Self.made("a", [1], on: files).sync()
        try files.syncDirectory("/")
        try files.remove("a")
        #expect(Set((0..<100 as Range<UInt64>).map { world.disk.crashImage(seed: $0).contents("a") }) == [nil, [1]])
        try files.syncDirectory("/")
        #expect(world.disk.crashImage(.loseAll).contents("a") == nil)
    }

    @Test func `a rename of an unsynced file keeps the name and may lose the bytes`() throws {
        let world = World(seed: 1)
        let files = world.doors.files
        _ = try Self.made("next", [1, 2, 3], on: files)
        try files.rename("next", to: "current")
        try files.syncDirectory("/")
        #expect(world.disk.crashImage(.loseAll).contents("current") == [])
    }

    @Test func `a failed sync loses what later syncs will not bring back`() throws {
        let world = World(seed: 1)
        let file = try Self.made("a", [], on: world.doors.files)
        try world.doors.files.syncDirectory("/")
        try file.write([UInt8](repeating: 1, count: 40_960), at: 0)
        world.disk.faults.failingSyncs = [2]
        #expect(throws: FileError(.inputOutput, operation: "", path: "a")) { try file.sync() }
        #expect(world.disk.fired.failedSyncs == 1)
        try file.sync()
        #expect(try file.read(at: 0, count: 40_960).allSatisfy { $0 == 1 })
        let after = try #require(world.disk.crashImage(.keepAll).contents("a"))
        #expect(after.count { $0 == 1 } < 40_960)
    }

    @Test func `a full volume takes what fits, and more after a removal`() throws {
        let world = World(seed: 1)
        let files = world.doors.files
        world.disk.faults.capacity = 3 * 4096
        let file = try Self.made("a", [UInt8](repeating: 1, count: 8192), on: files)
        #expect(try files.freeSpace("/") == 4096)
        #expect(throws: FileError(.noSpace, operation: "", path: "a")) {
            try file.write([UInt8](repeating: 2, count: 8192), at: 8192)
        }
        #expect(try file.byteCount() == 12_288)
        try file.write([UInt8](repeating: 3, count: 12_288), at: 0)
        #expect(world.disk.fired.fullVolumes == 1)
        file.close()
        try files.remove("a")
        #expect(try files.freeSpace("/") == 3 * 4096)
    }

    @Test func `scripted faults strike the call they name`() throws {
        let world = World(seed: 1)
        let files = world.doors.files
        world.disk.faults.failingWrites = [2: .noSpace]
        world.disk.faults.failingReads = [1]
        world.disk.faults.misdirectedWrites = [3]
        world.disk.faults.lostWrites = [4]
        world.disk.faults.failingCalls = [6: .readOnly]
        let file = try Self.made("a", [1], on: files)
        #expect(throws: FileError(.noSpace, operation: "", path: "a")) { try file.write([1, 1], at: 0) }
        #expect(throws: FileError(.inputOutput, operation: "", path: "a")) { _ = try file.read(at: 0, count: 1) }
        try file.write([7], at: 100_000)
        #expect(try file.read(at: 100_000, count: 1) != [7])
        try file.write([8], at: 0)
        #expect(try file.read(at: 0, count: 1) == [1])
        #expect(throws: FileError(.readOnly, operation: "", path: "b")) { try files.makeDirectory("b") }
        var expected = DiskFaultCounts()
        expected.failedWrites = 1
        expected.failedReads = 1
        expected.misdirectedWrites = 1
        expected.lostWrites = 1
        expected.failedCalls = 1
        #expect(world.disk.fired == expected)
    }

    @Test func `a flipped bit is flipped for good`() throws {
        let world = World(seed: 1)
        try Self.made("a", [UInt8](repeating: 0, count: 5000), on: world.doors.files).sync()
        try world.doors.files.syncDirectory("/")
        #expect(world.disk.flipBit("a", bit: 4999 * 8 + 3))
        #expect(!world.disk.flipBit("a", bit: 5000 * 8))
        #expect(!world.disk.flipBit("b", bit: 0))
        #expect(world.disk.image.contents("a")?.last == 8)
        #expect(world.disk.crashImage(.loseAll).contents("a")?.last == 8)
    }

    @Test func `images can be tampered with`() throws {
        var image = DiskImage()
        image.setContents("a", [1, 2, 3])
        let isPlaced = image.setContents("none/a", [1])
        #expect(!isPlaced)
        image.truncateFile("a", to: 2)
        #expect(image.contents("a") == [1, 2])
        image.setContents("b", [])
        let wasThere = image.removeFile("a")
        let isThere = image.removeFile("a")
        #expect(wasThere && !isThere)
        let world = World(seed: 1, disk: image)
        #expect(try world.doors.files.list("/") == ["b"])
    }

    @Test func `after a crash every call fails until the restart`() throws {
        let world = World(seed: 1)
        let files = world.doors.files
        try files.makeDirectory("/data")
        try files.syncDirectory("/")
        let lock = try files.lock("/data/lock", note: "one")
        world.disk.faults.crashAfterCalls = world.disk.callCount + 1
        let file = try Self.unwritten("/data/a", on: files)
        #expect(throws: FileError(DiskFaults.crashed, operation: "", path: "/data/a")) { try file.write([1], at: 0) }
        #expect(throws: FileError.self) { _ = try file.read(at: 0, count: 1) }
        #expect(throws: FileError.self) { _ = try files.list("/") }
        #expect(world.disk.isCrashed)
        world.disk.restart(.keepAll)
        #expect(throws: FileError.self) { try file.write([1], at: 0) }
        #expect(try files.list("/data") == ["a", "lock"])
        let second = try files.lock("/data/lock", note: "two")
        lock.release()
        #expect(throws: FileError(.isBusy, operation: "", path: "/data/lock")) {
            _ = try files.lock("/data/lock", note: "three")
        }
        second.release()
    }

    private static func unwritten(_ path: String, on files: any FileSystem) throws -> any File {
        try files.open(path, .createNew)
    }

    @Test func `one holder has a lock, and its note can be read`() throws {
        let files = World(seed: 1).doors.files
        let lock = try files.lock("lock", note: "process 12")
        #expect(throws: FileError(.isBusy, operation: "", path: "lock")) { _ = try files.lock("lock", note: "x") }
        #expect(try files.open("lock", .readOnly).read(at: 0, count: 99) == Array("process 12".utf8))
        lock.release()
        try files.lock("lock", note: "8").release()
        #expect(try files.open("lock", .readOnly).read(at: 0, count: 99) == [0x38])
    }
}
