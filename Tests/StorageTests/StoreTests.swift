import Runtime
import Simulation
import Testing

@testable import Storage

@Suite struct StoreTests {
    private static let stored = Note(id: 5, name: "five", color: "red", text: "hello")

    /// Opens, writes, reads and closes as the server does: in tasks.
    private static func run(_ world: World) throws {
        try world.run { doors in
            let store = try Store.open(directory: "store", doors: doors, options: TestWorld.smallOptions)
            try await store.transact { $0.put(stored) }
            let read = try await store.read { $0.first(Note.byName, Key("five")) }
            #expect(read == stored)
            await store.close()
            await #expect(throws: StoreError.closed) { try await store.transact { $0.put(stored) } }
        }
    }

    @Test func `what a transaction wrote is read, and still there after a restart`() throws {
        let first = TestWorld()
        try Self.run(first.world)
        let again = first.crashed()
        let reopened = try again.open()
        #expect(try reopened.readSync { $0.get(Note.self, Key(Int64(5))) } == Self.stored)
        #expect(reopened.durableNumber == 1)
    }

    @Test func `the same seed gives the same run, another seed another one`() throws {
        let hashes = try ([4, 4, 5] as [UInt64]).map { seed -> UInt64 in
            let world = TestWorld(seed: seed)
            try Self.run(world.world)
            return world.world.traceHash
        }
        #expect(hashes[0] == hashes[1])
        #expect(hashes[0] != hashes[2])
    }

    @Test func `a second opener is refused and told who has the store`() throws {
        let world = TestWorld()
        let store = try world.open { $0.holderNote = "process 42" }
        #expect(throws: StoreError.held(by: "process 42")) { try world.open() }
        try world.world.run { _ in await store.close() }
        _ = try world.open()
    }

    @Test func `a store opened to be read changes nothing`() throws {
        let world = TestWorld()
        try Self.run(world.world)
        let again = world.crashed()
        let calls = again.world.disk.callCount
        let before = again.world.disk.image.filePaths
        let store = try again.open { $0.isReadOnly = true }
        #expect(try store.readSync { $0.get(Note.self, Key(Int64(5))) } == Self.stored)
        #expect(throws: StoreError.closed) { try again.transact(store) { $0.put(Self.stored) } }
        try again.world.run { _ in await store.close() }
        #expect(again.world.disk.callCount - calls <= 3)
        #expect(again.world.disk.image.filePaths == before)
    }
}
