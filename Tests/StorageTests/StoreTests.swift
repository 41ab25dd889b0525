import Runtime
import Testing

@testable import Storage

@Suite struct StoreTests {
    @Test func `what a transaction wrote is read, and still there after a restart`() async throws {
        let world = TestWorld()
        let store = try Store.open(directory: "store", doors: world.doors, options: TestWorld.smallOptions)
        let stored = Note(id: 5, name: "five", color: "red", text: "hello")
        try await store.transact { $0.put(stored) }
        #expect(try await store.read { $0.get(Note.self, Key(Int64(5))) } == stored)
        #expect(try await store.read { $0.first(Note.byName, Key("five")) } == stored)
        await store.close()
        let again = TestWorld(disk: world.disk)
        let reopened = try Store.open(directory: "store", doors: again.doors, options: TestWorld.smallOptions)
        #expect(try await reopened.read { $0.get(Note.self, Key(Int64(5))) } == stored)
        #expect(reopened.durableNumber == 1)
    }
}
