import Runtime
import Simulation
import Testing

@Suite struct DiskTraceTests {
    /// Replaces a file so that a crash leaves the old contents or the new ones, leaving out one of its syncs.
    private static func replacing(withFileSync: Bool, withDirectorySync: Bool) throws -> DiskTrace {
        var image = DiskImage()
        image.setContents("current", Array("old".utf8))
        var options = WorldOptions()
        options.recordsDiskCalls = true
        let world = World(seed: 1, options: options, disk: image)
        let files = world.doors.files
        let file = try files.open("next", .createNew)
        try file.write(Array("new".utf8), at: 0)
        if withFileSync { try file.sync() }
        file.close()
        try files.rename("next", to: "current")
        if withDirectorySync { try files.syncDirectory("/") }
        return DiskTrace(firstImage: world.disk.firstImage, calls: world.disk.calls)
    }

    private static func outcomes(_ trace: DiskTrace, after callCount: Int = 0) throws -> Set<String> {
        var outcomes: Set<String> = []
        try trace.forEachCrash(seed: 1, limit: 64, callCounts: callCount...trace.calls.count) { image, _ in
            outcomes.insert(String(decoding: image.contents("current") ?? [], as: UTF8.self))
        }
        return outcomes
    }

    @Test func `a careful replacement leaves old or new, and new in the end`() throws {
        let trace = try Self.replacing(withFileSync: true, withDirectorySync: true)
        #expect(
            trace.calls.map(\.description) == [
                "create next", "write next at 0, 3 bytes", "sync next", "rename next to current", "sync directory /",
            ])
        #expect(try Self.outcomes(trace) == ["old", "new"])
        #expect(try Self.outcomes(trace, after: 5) == ["new"])
    }

    @Test func `a replacement without its file sync is caught`() throws {
        let trace = try Self.replacing(withFileSync: false, withDirectorySync: true)
        #expect(try Self.outcomes(trace).isSuperset(of: ["old", "new", "", "\0\0\0"]))
    }

    @Test func `a replacement without its directory sync is caught`() throws {
        let trace = try Self.replacing(withFileSync: true, withDirectorySync: false)
        #expect(try Self.outcomes(trace, after: trace.calls.count) == ["old", "new"])
    }

    @Test func `every crash can be looked at again`() throws {
        let trace = try Self.replacing(withFileSync: false, withDirectorySync: false)
        try trace.forEachCrash(seed: 2) { image, crash in
            let again = try trace.image(after: crash)
            #expect(again.filePaths == image.filePaths)
            #expect(again.contents("current") == image.contents("current"))
        }
    }

    /// Files, names and directories at random, with failing syncs and a small volume.
    private static func wildRun(seed: UInt64) throws -> World {
        var options = WorldOptions()
        options.recordsDiskCalls = true
        options.diskFaults.syncFailureChance = 100_000
        options.diskFaults.writeFailureChance = 50_000
        options.diskFaults.capacity = 20 * 4096
        let world = World(seed: seed, options: options)
        let files = world.doors.files
        var generator = SeededGenerator(seed: seed)
        try files.makeDirectory("/d")
        var open: [any File] = []
        for _ in 0..<200 {
            let name = "/d/\(generator.below(6))"
            let other = generator.below(4) == 0 ? "/\(generator.below(3))" : "/d/\(generator.below(6))"
            do {
                switch generator.below(9) {
                case 0: open.append(try files.open(name, .createNew))
                case 1: try files.remove(name)
                case 2: try files.rename(name, to: other)
                case 3: try files.link(name, to: other)
                case 4: try files.syncDirectory(generator.below(2) == 0 ? "/" : "/d")
                case 5: open.append(try files.open(name, .readWrite))
                default:
                    guard !open.isEmpty else { continue }
                    let index = generator.below(open.count)
                    switch generator.below(6) {
                    case 0: try open[index].truncate(to: UInt64(generator.below(20_000)))
                    case 1: try open[index].sync()
                    case 2: open.remove(at: index).close()
                    default:
                        let bytes = [UInt8](repeating: UInt8(generator.below(256)), count: generator.below(9000))
                        try open[index].write(bytes, at: UInt64(generator.below(20_000)))
                    }
                }
            } catch {
                continue  // Refused calls are part of the run.
            }
        }
        for file in open { file.close() }
        return world
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `replaying the calls rebuilds the disk`(seed: UInt64) throws {
        let world = try Self.wildRun(seed: seed)
        let trace = DiskTrace(firstImage: world.disk.firstImage, calls: world.disk.calls)
        for policy in [.loseAll, .keepAll, .seeded(seed), .seeded(seed + 1)] as [CrashPolicy] {
            let rebuilt = try trace.image(after: DiskTrace.Crash(callCount: trace.calls.count, policy: policy))
            let expected = world.disk.crashImage(policy)
            #expect(rebuilt.filePaths == expected.filePaths)
            for path in expected.filePaths { #expect(rebuilt.contents(path) == expected.contents(path)) }
            #expect(rebuilt.usedByteCount == expected.usedByteCount)
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `space in use is given back with the files`(seed: UInt64) throws {
        let image = try Self.wildRun(seed: seed).disk.image
        #expect(image.usedByteCount <= 20 * 4096)
        for policy in [.loseAll, .keepAll, .seeded(seed)] as [CrashPolicy] {
            let settled = image.crashed(policy)
            #expect(settled.unsyncedCount == 0)
            let world = World(seed: seed, disk: settled)
            for path in settled.filePaths { try world.doors.files.remove(path) }
            #expect(world.disk.image.usedByteCount == 0)
        }
    }
}
