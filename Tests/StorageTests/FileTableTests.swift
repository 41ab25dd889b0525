import Runtime
import Simulation
import Testing

@testable import Storage

/// The bound on open segment files.
@Suite struct FileTableTests {
    private static func makeFiles(_ count: Int, limit: Int) throws -> (DiskFiles, FileTable, [SegmentFile]) {
        let files = DiskFiles(world: TestWorld())
        let table = FileTable(limit: limit)
        var made: [SegmentFile] = []
        for number in 0..<count {
            try files.write("file-\(number)", [UInt8(number)])
            made.append(try SegmentFile("file-\(number)", files: files.files, table: table))
        }
        return (files, table, made)
    }

    /// A directory with small files.
    private struct DiskFiles {
        let world: TestWorld
        var files: any FileSystem { world.world.doors.files }

        func write(_ name: String, _ bytes: [UInt8]) throws {
            let file = try files.open(name, .createNew)
            try file.write(bytes, at: 0)
            file.close()
        }

        func exists(_ name: String) throws -> Bool { try files.status(name) != nil }
    }

    @Test func `more files than may be open can all be read`() throws {
        let (_, table, files) = try Self.makeFiles(20, limit: 4)
        for round in 0..<3 {
            for (number, file) in files.enumerated() {
                #expect(try file.read(at: 0, count: 4) == [UInt8(number)], "round \(round)")
                #expect(table.openCount <= 4)
            }
        }
        for file in files { file.end() }
        #expect(table.openCount == 0)
    }

    @Test func `a file without its name is read on, whatever else is opened`() throws {
        let (disk, table, files) = try Self.makeFiles(12, limit: 4)
        files[3].removeName()
        #expect(try !disk.exists("file-3"))
        for (number, file) in files.enumerated() { #expect(try file.read(at: 0, count: 4) == [UInt8(number)]) }
        #expect(try files[3].read(at: 0, count: 4) == [3])
        #expect(table.openCount <= 5)
        for file in files { file.end() }
        #expect(table.openCount == 0)
    }

    @Test func `when too many lost their names, the others keep theirs until they are not needed`() throws {
        let (disk, table, files) = try Self.makeFiles(12, limit: 4)
        for file in files { file.removeName() }
        #expect(try (0..<12).filter { try disk.exists("file-\($0)") }.count == 10)
        for (number, file) in files.enumerated() { #expect(try file.read(at: 0, count: 4) == [UInt8(number)]) }
        #expect(table.openCount <= 6)
        for file in files { file.end() }
        #expect(try (0..<12).filter { try disk.exists("file-\($0)") }.isEmpty)
        #expect(table.openCount == 0)
    }

    @Test func `a store reads more segments than it may have open, through compactions and an old snapshot`() throws {
        let world = TestWorld(seed: 11)
        func small(_ options: inout StoreOptions) {
            options.memtableByteCount = 3 << 10
            options.blockByteCount = 300
            options.cacheByteCount = 4 << 10
            options.levelOneSegmentByteCount = 2 << 10
            options.segmentByteCount = 3 << 10
            options.levelByteCount = 6 << 10
            options.openFileLimit = 3
            options.mergeSegmentCount = 2
        }
        let store = try world.open(small)
        func put(_ text: String) throws {
            for id in 0..<120 as Range<Int64> {
                try world.transact(store) { tx in
                    tx.put(Note(id: id, name: "n\(id)", text: text + String(repeating: "t", count: 100)))
                }
            }
        }
        try put("old")
        let snapshot = store.core.snapshot()
        try put("new")
        #expect(store.statistics.segmentCounts.reduce(0, +) > 6 && store.statistics.compactionCount > 3)
        for id in 0..<120 as Range<Int64> {
            #expect(snapshot.get(Note.self, Key(id))?.text.hasPrefix("old") == true)
            #expect(try store.readSync { $0.get(Note.self, Key(id)) }?.text.hasPrefix("new") == true)
            #expect(store.statistics.openFileCount <= 3 + 1 + 1)
        }
        #expect(snapshot.failure == nil)
    }
}
