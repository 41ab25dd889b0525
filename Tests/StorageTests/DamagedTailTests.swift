import Runtime
import Simulation
import Testing

@testable import Storage

@Suite struct DamagedTailTests {
    /// A killed store of 6 transactions, and where frames of its log begin.
    private static func crashed() throws -> (world: TestWorld, log: String, pages: Int) {
        let world = TestWorld()
        let store = try world.open()
        for id in 1...6 as ClosedRange<Int64> { try world.transact(store) { $0.put(Note(id: id, text: "text")) } }
        let again = world.crashed(.keepAll)
        let log = "/store/" + LogFormat.fileName(1)
        let bytes = try #require(again.world.disk.image.contents(log))
        let written = try #require(bytes.lastIndex { $0 != 0 })
        return (again, log, written / LogFormat.pageByteCount + 1)
    }

    @Test func `a log that can be read has no damaged tail`() throws {
        let (world, _, _) = try Self.crashed()
        #expect(try Store.damagedTail(directory: "store", files: world.world.doors.files) == nil)
    }

    @Test func `what cutting would lose is told before it is done, and that is what is lost`() throws {
        for page in [1, 3, 5, 10] {
            let (world, log, pages) = try Self.crashed()
            #expect(pages > page)
            world.world.disk.flipBit(log, bit: (page * LogFormat.pageByteCount + 100) * 8)
            let files = world.world.doors.files
            let before = world.world.disk.image.contents(log)
            let tail = try #require(try Store.damagedTail(directory: "store", files: files))
            #expect(world.world.disk.image.contents(log) == before)
            #expect(tail.file == "store/" + LogFormat.fileName(1))
            #expect(tail.offset == UInt64(page * LogFormat.pageByteCount))
            #expect(tail.keptNumber < 6 && tail.lostNumber == 6)
            #expect(tail.lostByteCount == UInt64((pages - page) * LogFormat.pageByteCount))
            #expect((tail.keptTime == nil) == (tail.keptNumber == 0))
            #expect(throws: StoreError.self) { _ = try world.open() }
            let store = try world.open { $0.cutsDamagedTail = true }
            #expect(store.durableNumber == tail.keptNumber)
        }
    }

    @Test func `damage that cutting does not help is refused`() throws {
        let (world, log, _) = try Self.crashed()
        world.world.disk.flipBit(log, bit: 20 * 8)
        #expect(throws: StoreError.self) {
            try Store.damagedTail(directory: "store", files: world.world.doors.files)
        }
    }
}
