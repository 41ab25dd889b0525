import Runtime
import Simulation
import Testing

@testable import Storage

/// The store with segments on several levels.
@Suite struct LevelTests {
    private static func small(_ options: inout StoreOptions) {
        options.memtableByteCount = 3 << 10
        options.blockByteCount = 300
        options.cacheByteCount = 40 << 10
        options.levelOneSegmentByteCount = 2 << 10
        options.segmentByteCount = 6 << 10
        options.levelByteCount = 6 << 10
        options.mergeStepByteCount = 700
    }

    /// A store that has seen much, closed in good order or not, and its records.
    private static func makeStore(
        seed: UInt64, count: Int, closes: Bool
    ) throws -> (world: TestWorld, store: Store, state: [Int64: Note]) {
        let world = TestWorld(seed: seed)
        let store = try world.open(small)
        var random = TestRandom(seed: seed)
        var state: [Int64: Note] = [:]
        for _ in 0..<count {
            var changes: [(Int64, Note?)] = []
            for _ in 0..<3 {
                let id = Int64(random.below(90))
                let note = Note(
                    id: id, name: "n\(id)", color: ["red", "blue"][random.below(2)],
                    text: String(repeating: "t", count: random.below(200)))
                changes.append((id, random.below(4) == 0 ? nil : note))
            }
            for (id, note) in changes { state[id] = note }
            let fixed = changes
            try world.transact(store) { tx in
                for (id, note) in fixed { if let note { tx.put(note) } else { tx.delete(Note.self, Key(id)) } }
            }
        }
        if closes { try world.world.run { _ in await store.close() } }
        return (world, store, state)
    }

    @Test func `levels fill, old log files go, and everything is found`() throws {
        let (world, store, state) = try Self.makeStore(seed: 3, count: 250, closes: false)
        let statistics = store.statistics
        #expect(statistics.flushCount > 10 && statistics.compactionCount > 5)
        #expect(statistics.segmentCounts.filter { $0 > 0 }.count >= 2)
        try Workload.check(store, state, "while open")
        let reopened = try world.crashed(.loseAll).open(Self.small)
        try Workload.check(reopened, state, "after a crash")
        #expect(reopened.statistics.recoveredTransactionCount < 100)
        let report = Store.verify(directory: "store", files: world.world.doors.files)
        #expect(report.failure == nil && report.segmentCount > 3 && report.transactionCount == store.durableNumber)
    }

    @Test func `after a clean stop nothing is recovered, and the store goes on`() throws {
        let (world, store, state) = try Self.makeStore(seed: 4, count: 80, closes: true)
        #expect(!world.world.disk.image.filePaths.contains { $0.hasPrefix("/store/log-") })
        let number = store.durableNumber
        let again = world.crashed(.loseAll)
        let reopened = try again.open(Self.small)
        #expect(reopened.statistics.recoveredByteCount == 0 && reopened.durableNumber == number)
        try Workload.check(reopened, state, "after a clean stop")
        try again.transact(reopened) { $0.put(Note(id: 500)) }
        try again.world.run { _ in await reopened.close() }
        let third = try again.crashed(.seeded(8)).open(Self.small)
        #expect(third.durableNumber == number + 1)
        #expect(try third.readSync { $0.exists(Note.self, Key(Int64(500))) })
    }

    @Test func `a snapshot stays the same while everything under it is compacted away`() throws {
        let (world, store, state) = try Self.makeStore(seed: 6, count: 60, closes: false)
        let snapshot = store.core.snapshot()
        for id in 0..<90 as Range<Int64> {
            try world.transact(store) { tx in
                tx.delete(Note.self, Key(id))
                tx.put(Note(id: 1000 + id, text: String(repeating: "u", count: 100)))
            }
        }
        var seen: [Note] = []
        snapshot.scan(Note.self) { note, _ in
            seen.append(note)
            return true
        }
        #expect(seen == state.values.sorted { $0.id < $1.id })
        #expect(snapshot.failure == nil)
    }

    @Test(arguments: [true, false])
    func `a merge keeps the newest of each key, and deletions only if something may be under them`(keeps: Bool) throws {
        let world = TestWorld()
        let files = world.world.doors.files
        try files.makeDirectory("store")
        let tables = (0..<3).map { _ in Memtable(filterByteCount: 64) }
        // Table 0 is the newest. Keys divisible by 3 are deleted in it, those divisible by 2 were written before.
        for key in 0..<60 as Range<UInt8> {
            RawKey([4, 0, key]).withWords { words in
                if key % 3 == 0 { unsafe tables[0].insert(words, number: 9, value: nil) }
                if key % 2 == 0 { unsafe tables[1].insert(words, number: 5, value: nil) }
                unsafe [key].withUnsafeBytes { unsafe tables[2].insert(words, number: 2, value: $0) }
            }
        }
        var number: UInt64 = 0
        let merge = try SegmentMerge(
            directory: "store", files: files, storeID: [UInt8](repeating: 1, count: 16),
            options: TestWorld.smallOptions,
            targetByteCount: 4096, sources: tables.map { .memtable($0) },
            nextNumber: {
                number += 1
                return number
            }, keepsDeletion: { _ in keeps })
        while try !merge.step(byteLimit: 50) {}
        let count = merge.outputs.reduce(0) { $0 + $1.entryCount }
        #expect(count == (keeps ? 60 : 20))
        let segment = try Segment(try #require(merge.outputs.first), directory: "store", files: files)
        try segment.verify()
        let found = try RawKey([4, 0, 6]).withWords { words throws(StoreError) in
            try segment.find(words, hash: words.hash, nil)
        }
        #expect(found?.node.number == (keeps ? 9 : nil))
    }

    @Test func `one flipped bit in any file is refused, or harms nothing`() throws {
        let (world, store, state) = try Self.makeStore(seed: 5, count: 60, closes: false)
        let image = world.world.disk.crashImage(.loseAll)
        var random = TestRandom(seed: 1)
        var refused = 0
        for file in image.filePaths where file != "/store/lock" {
            let byteCount = image.contents(file)?.count ?? 0
            for _ in 0..<6 {
                var damaged = image
                damaged.flipBit(file, bit: random.below(max(1, byteCount * 8)))
                do {
                    let opened = try TestWorld(disk: damaged).open { options in
                        Self.small(&options)
                        options.isReadOnly = true
                    }
                    #expect(opened.durableNumber == store.durableNumber)
                    try Workload.check(opened, state, "a flip in \(file)")
                } catch let error as StoreError {
                    refused += 1
                    guard case .corrupt = error else {
                        if case .newerFormat = error { continue }
                        throw error
                    }
                }
            }
        }
        #expect(refused > 20)
    }

    @Test func `a segment, manifest or CURRENT that is missing or cut short is refused`() throws {
        let (world, _, _) = try Self.makeStore(seed: 5, count: 60, closes: true)
        let image = world.world.disk.crashImage(.keepAll)
        var count = 0
        for file in image.filePaths where file != "/store/lock" {
            for cut in [true, false] {
                var damaged = image
                if cut {
                    damaged.truncateFile(file, to: UInt64((image.contents(file)?.count ?? 0) / 2))
                } else {
                    damaged.removeFile(file)
                }
                let opened = TestWorld(disk: damaged)
                #expect(throws: StoreError.self, "\(file)") { try opened.open(Self.small) }
                count += 1
            }
        }
        #expect(count > 8)
    }

    @Test func `a directory with a log only is taken over`() throws {
        let world = TestWorld()
        let store = try world.open { $0.memtableByteCount = 10 << 20 }
        for id in 0..<60 as Range<Int64> {
            try world.transact(store) { $0.put(Note(id: id, text: String(repeating: "x", count: 900))) }
        }
        // As a crash leaves it before the first manifest.
        var image = world.world.disk.crashImage(.loseAll)
        image.removeFile("/store/CURRENT")
        image.removeFile("/store/MANIFEST-1-1")
        let again = TestWorld(disk: image)
        let reopened = try again.open { Self.small(&$0) }
        #expect(reopened.durableNumber == 60)
        #expect(again.world.disk.image.filePaths.contains("/store/CURRENT"))
        again.run()
        #expect(
            try reopened.readSync { snapshot in (0..<60).allSatisfy { snapshot.exists(Note.self, Key(Int64($0))) } })
        let third = try again.crashed().open(Self.small)
        #expect(third.durableNumber == 60)
        #expect(third.statistics.recoveredTransactionCount < 40)
    }

    @Test func `writes that find no room in memory wait, then are refused, and are taken again`() throws {
        let world = TestWorld()
        let store = try world.open(Self.small)
        // Segments cannot be written, the log can.
        world.world.disk.faults.capacity = world.world.disk.image.usedByteCount + 30_000
        var refusal: StoreError?
        for id in 0..<60 as Range<Int64> where refusal == nil {
            let ticket = Ticket(store) { $0.put(Note(id: id, text: String(repeating: "x", count: 700))) }
            refusal = ticket.refusal
            if refusal == nil {
                try world.world.run { ticket.isAnswered }
                do { try ticket.answer() } catch let error as StoreError { refusal = error }
            }
        }
        #expect(refusal == .busy || refusal == .storageFull)
        world.world.disk.faults.capacity = nil
        try world.world.run(milliseconds: 5000)
        try world.transact(store) { $0.put(Note(id: 1000)) }
        let number = store.durableNumber
        #expect(try world.crashed().open(Self.small).durableNumber == number)
    }
}
