import Runtime
import Simulation
import Testing

@testable import Storage

@Suite struct DamageTests {
    /// A closed store of several files and its records.
    private static func makeStore() throws -> (image: DiskImage, count: UInt64) {
        let world = TestWorld(seed: 5)
        let store = try world.open()
        for number in 1...24 as ClosedRange<Int64> {
            let text = String(repeating: "x", count: number % 4 == 0 ? 9000 : 2000)
            try world.transact(store) { $0.put(Note(id: number, text: text)) }
        }
        return (world.world.disk.crashImage(.loseAll), 24)
    }

    private static func logFiles(_ image: DiskImage) -> [String] {
        image.filePaths.filter { $0.hasPrefix("/store/log-") }
    }

    @Test func `one flipped bit is refused with file and offset, or harms nothing`() throws {
        let (image, count) = try Self.makeStore()
        let files = Self.logFiles(image)
        #expect(files.count >= 2)
        var random = TestRandom(seed: 1)
        var refused = 0
        for file in files {
            let byteCount = image.contents(file)?.count ?? 0
            for page in 0..<byteCount / 4096 {
                var damaged = image
                let offset = page * 4096 + random.below(4096)
                damaged.flipBit(file, bit: offset * 8 + random.below(8))
                do throws(StoreError) {
                    let store = try TestWorld(disk: damaged).open()
                    #expect(store.durableNumber == count, "a flip at \(offset) of \(file) was not noticed")
                } catch {
                    refused += 1
                    guard case .corrupt(let name, let place, _) = error else { throw error }
                    #expect(file == "/" + name)
                    #expect(Int(place) <= offset && offset < Int(place) + 16384)
                }
                let report = Store.verify(directory: "store", files: TestWorld(disk: damaged).world.doors.files)
                #expect(report.failure != nil || report.transactionCount == count)
            }
        }
        #expect(refused > 20)
    }

    @Test func `a file that is missing, cut short or from elsewhere is refused`() throws {
        let (image, _) = try Self.makeStore()
        let files = Self.logFiles(image)
        let first = try #require(files.first)
        let bytes = try #require(image.contents(first))
        var damaged = image
        damaged.removeFile(first)
        #expect(throws: StoreError.self) { try TestWorld(disk: damaged).open() }
        for byteCount in [0, 100, 4096, 8192, 12000, bytes.count - 4096 * 3] {
            damaged = image
            damaged.truncateFile(first, to: UInt64(byteCount))
            #expect(throws: StoreError.self) { try TestWorld(disk: damaged).open() }
        }
        // A frame of another file at the same offset, and one of this file at another offset.
        let second = try #require(image.contents(files[1]))
        for (source, from) in [(second, 4096), (bytes, 8192)] {
            var mixed = bytes
            mixed.replaceSubrange(4096..<8192, with: source[from..<from + 4096])
            damaged = image
            damaged.setContents(first, mixed)
            #expect(throws: StoreError.self) { try TestWorld(disk: damaged).open() }
        }
        damaged = image
        damaged.setContents(first, second)
        #expect(throws: StoreError.self) { try TestWorld(disk: damaged).open() }
    }

    @Test func `a refused store is unchanged, and its lock is free`() throws {
        let (image, count) = try Self.makeStore()
        let file = try #require(Self.logFiles(image).first)
        let world = TestWorld(disk: image)
        world.world.disk.flipBit(file, bit: 5000 * 8)
        let before = world.world.disk.image.filePaths
        #expect(throws: StoreError.self) { try world.open() }
        #expect(world.world.disk.image.filePaths == before)
        world.world.disk.flipBit(file, bit: 5000 * 8)
        #expect(try world.open().durableNumber == count)
    }

    @Test func `a newer format is left alone`() throws {
        let (image, _) = try Self.makeStore()
        let file = try #require(Self.logFiles(image).first)
        var bytes = try #require(image.contents(file))
        var header = Array(bytes[..<4096])
        header[8] = 9
        let sum = checksum(Array(header[..<4092]))
        for index in 0..<4 { header[4092 + index] = UInt8(truncatingIfNeeded: sum >> UInt32(8 * index)) }
        bytes.replaceSubrange(..<4096, with: header)
        var damaged = image
        damaged.setContents(file, bytes)
        #expect(throws: StoreError.newerFormat(9)) { try TestWorld(disk: damaged).open() }
    }

    @Test func `an operator can cut a damaged tail off, knowing what is lost`() throws {
        let (image, count) = try Self.makeStore()
        let file = try #require(Self.logFiles(image).last)
        var damaged = image
        damaged.flipBit(file, bit: (4096 + 300) * 8)
        #expect(throws: StoreError.self) { try TestWorld(disk: damaged).open() }
        let world = TestWorld(disk: damaged)
        let store = try world.open { $0.cutsDamagedTail = true }
        #expect(store.durableNumber < count)
        #expect(world.world.logLines.contains { $0.contains("storage_damaged_tail_cut") })
        let number = store.durableNumber
        try world.transact(store) { $0.put(Note(id: 500)) }
        #expect(try world.crashed().open().durableNumber == number + 1)
    }
}
