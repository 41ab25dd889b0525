import Runtime
import Testing

@testable import Platform

@Suite struct LinuxFileSystemTests {
    private let files = LinuxFileSystem()

    private func inDirectory(_ body: (String) throws -> Void) throws {
        let directory = try HostProcess.makeTemporaryDirectory("files-")
        defer {
            for name in (try? files.list(directory)) ?? [] { try? files.remove("\(directory)/\(name)") }
            try? files.remove(directory)
        }
        try body(directory)
    }

    @Test func `what was written is read, and only that`() throws {
        try inDirectory { directory in
            let file = try files.open("\(directory)/a", .createNew)
            try file.write([1, 2, 3], at: 2)
            try file.sync()
            #expect(try file.byteCount() == 5)
            #expect(try file.read(at: 0, count: 100) == [0, 0, 1, 2, 3])
            #expect(try file.read(at: 4, count: 0) == [])
            #expect(try file.read(at: 9, count: 4) == [])
            #expect(try file.read(at: 0, count: .max) == [0, 0, 1, 2, 3])
            try file.truncate(to: 3)
            #expect(try file.read(at: 1, count: 9) == [0, 1])
            file.close()
            file.close()
            #expect(throws: FileError.self) { try file.byteCount() }
            #expect(throws: FileError(.alreadyExists, operation: "open", path: "\(directory)/a")) {
                try files.open("\(directory)/a", .createNew)
            }
            #expect(try files.status("\(directory)/a")?.permissions == 0o600)
            #expect(try files.freeSpace(directory) > 0)
            try files.syncDirectory(directory)
        }
    }

    @Test func `names are listed in byte order, renamed, linked and removed`() throws {
        try inDirectory { directory in
            for name in ["b", "a", "B", "ä"] { try files.open("\(directory)/\(name)", .createNew).close() }
            #expect(try files.list(directory) == ["B", "a", "b", "ä"])
            try files.rename("\(directory)/b", to: "\(directory)/c")
            try files.link("\(directory)/c", to: "\(directory)/d")
            try files.remove("\(directory)/a")
            #expect(try files.list(directory) == ["B", "c", "d", "ä"])
            #expect(try files.status("\(directory)/a") == nil)
            #expect(throws: FileError(.notFound, operation: "open", path: "\(directory)/a")) {
                try files.open("\(directory)/a", .readOnly)
            }
            #expect(throws: FileError(.notADirectory, operation: "open", path: "\(directory)/c/x")) {
                try files.open("\(directory)/c/x", .readOnly)
            }
            #expect(throws: FileError.self) { try files.open("\(directory)/c\0d", .readOnly) }
        }
    }

    @Test func `a lock has one holder, also within a process`() throws {
        try inDirectory { directory in
            let path = "\(directory)/lock"
            let first = try files.lock(path, note: "1234 serve")
            #expect(throws: FileError(.isBusy, operation: "flock", path: path)) {
                try files.lock(path, note: "5678 other")
            }
            let text = try files.open(path, .readOnly).read(at: 0, count: 100)
            #expect(String(decoding: text, as: UTF8.self) == "1234 serve")
            first.release()
            first.release()
            try files.lock(path, note: "5").release()
        }
    }
}
