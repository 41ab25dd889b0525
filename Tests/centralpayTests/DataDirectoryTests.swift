import Crypto
import Runtime
import Simulation
import Testing

@testable import centralpay

@Suite struct DataDirectoryTests {
    private let world = World(seed: 1)

    private func open(
        _ path: String, beginning kind: DataDirectory.Kind? = .server,
        _ change: (inout DataDirectory.Access) -> Void = { _ in }
    ) throws(CommandFailure) -> DataDirectory {
        var access = DataDirectory.Access(
            files: world.disk, entropy: world.doors.entropy, userID: 0, environmentKey: nil, seed: nil)
        if let status = try? world.disk.status(path) { access.userID = status.owner }
        change(&access)
        return try DataDirectory.open(path, beginning: kind, access)
    }

    private func tag(_ data: DataDirectory) -> String {
        data.master.derivedKey(purpose: "test").authenticate([1]).hex
    }

    @Test func `a new directory keeps its key`() throws {
        let first = try open("data")
        let again = try open("data", beginning: nil)
        #expect(tag(first) == tag(again))
        #expect(again.kind == .server)
        #expect(try world.disk.open("data/master.key", .readOnly).byteCount() == 32)
    }

    @Test func `a seed gives a new directory the same key every time`() throws {
        let one = try open("one") { $0.seed = 7 }
        let two = try open("two") { $0.seed = 7 }
        let other = try open("other") { $0.seed = 8 }
        #expect(tag(one) == tag(two))
        #expect(tag(one) != tag(other))
    }

    @Test func `nothing is begun unless that was asked for`() throws {
        #expect(throws: CommandFailure.self) { try open("data", beginning: nil) }
        #expect(try world.disk.status("data") == nil)
    }

    @Test func `somebody else's directory is left alone`() throws {
        try world.disk.makeDirectory("home")
        try world.disk.open("home/letter", .createNew).close()
        #expect(throws: CommandFailure.self) { try open("home") }
        #expect(try world.disk.list("home") == ["letter"])
    }

    @Test func `another owner's data is refused`() throws {
        _ = try open("data")
        #expect(throws: CommandFailure.self) { try open("data") { $0.userID += 1 } }
    }

    @Test func `another key is refused`() throws {
        _ = try open("data")
        let digits = String(repeating: "ab", count: 32)
        #expect(throws: CommandFailure.self) { try open("data") { $0.environmentKey = digits } }
        #expect(throws: CommandFailure.self) { try open("data") { $0.environmentKey = "ab" } }
        try world.disk.remove("data/master.key")
        #expect(throws: CommandFailure.self) { try open("data") }
    }

    @Test func `a key of the environment is kept nowhere`() throws {
        let digits = String(repeating: "ab", count: 32)
        let first = try open("data") { $0.environmentKey = digits }
        #expect(try world.disk.status("data/master.key") == nil)
        #expect(tag(first) == tag(try open("data") { $0.environmentKey = digits }))
    }

    @Test func `a newer form of data is refused`() throws {
        _ = try open("data")
        try world.disk.remove("data/centralpay.json")
        let file = try world.disk.open("data/centralpay.json", .createNew)
        try file.write(Array(#"{"format":2,"kind":"server","key_check":"00"}"#.utf8), at: 0)
        #expect {
            _ = try open("data")
        } throws: { ($0 as? CommandFailure)?.message.contains("newer") == true }
    }

    @Test func `the demonstration's data is stamped`() throws {
        _ = try open("data", beginning: .demo)
        #expect(try open("data").kind == .demo)
    }

    @Test func `a start that was cut off anywhere can be done again`() throws {
        for kept in [["master.key"], [], ["master.key", "centralpay.json"]] {
            let world = World(seed: 2)
            let access = DataDirectory.Access(
                files: world.disk, entropy: world.doors.entropy,
                userID: 0, environmentKey: nil, seed: nil)
            var mine = access
            try world.disk.makeDirectory("probe")
            mine.userID = try #require(try world.disk.status("probe")).owner
            _ = try DataDirectory.open("data", beginning: .server, mine)
            for name in try world.disk.list("data") where !kept.contains(name) {
                try world.disk.remove("data/" + name)
            }
            try world.disk.open("data/master.key.new", .createNew).close()
            _ = try DataDirectory.open("data", beginning: .server, mine)
            #expect(try DataDirectory.open("data", beginning: nil, mine).kind == .server)
        }
    }
}
