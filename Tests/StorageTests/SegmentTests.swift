import Runtime
import Simulation
import Testing

@testable import Storage

@Suite struct SegmentTests {
    /// A segment made of seeded entries, and the entries in order.
    private static func make(
        seed: UInt64, count: Int, blockByteCount: Int
    ) throws -> (world: TestWorld, segment: Segment, entries: [(key: [UInt8], value: [UInt8]?)]) {
        var random = TestRandom(seed: seed)
        var model: [[UInt8]: [UInt8]?] = [:]
        let table = Memtable(filterByteCount: 64)
        for number in 1...count {
            var key = [3, UInt8(random.below(2))] + (0..<random.below(9)).map { _ in UInt8(random.below(4)) }
            if random.below(50) == 0 { key += [UInt8](repeating: 7, count: 900) }
            guard model[key] == nil else { continue }
            let value: [UInt8]? =
                random.below(6) == 0
                ? nil : [UInt8](repeating: UInt8(number & 255), count: random.below(random.below(20) == 0 ? 9000 : 60))
            model[key] = .some(value)
            RawKey(key).withWords { words in
                guard let value else { return unsafe table.insert(words, number: UInt64(number), value: nil) }
                unsafe value.withUnsafeBytes { unsafe table.insert(words, number: UInt64(number), value: $0) }
            }
        }
        let world = TestWorld(seed: seed)
        let files = world.world.doors.files
        try files.makeDirectory("store")
        var writer = try SegmentWriter(
            directory: "store", files: files, number: 4, storeID: [UInt8](repeating: 5, count: 16),
            blockByteCount: blockByteCount)
        var node = table.first
        while let current = node {
            try writer.add(current)
            node = current.next(at: 0)
        }
        let segment = try Segment(try writer.finish(), directory: "store", files: files)
        let entries = model.map { (key: $0.key, value: $0.value) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
        return (world, segment, entries)
    }

    @Test(arguments: [64, 300, 4096], [0, 20_000, 1 << 20])
    func `a segment answers like a sorted list`(blockByteCount: Int, cacheByteCount: Int) throws {
        let (_, segment, entries) = try Self.make(seed: 3, count: 1200, blockByteCount: blockByteCount)
        let cache = BlockCache(byteCount: cacheByteCount)
        try segment.verify()
        for (key, value) in entries {
            let found = try RawKey(key).withWords { words throws(StoreError) in
                try segment.find(words, hash: words.hash, cache)
            }
            #expect(found?.key(from: 0) == key)
            #expect(found.map { $0.isDeletion ? nil : $0.value } == .some(value))
        }
        for (left, right) in zip(entries, entries.dropFirst()) where left.key + [0] != right.key {
            let between = RawKey(left.key + [0])
            let found = try between.withWords { words throws(StoreError) in
                try segment.find(words, hash: words.hash, cache)
            }
            #expect(found == nil)
            var cursor = RunCursor([segment], cache)
            try between.withWords { words throws(StoreError) in try cursor.seek(words) }
            #expect(cursor.entry?.key(from: 0) == right.key)
            try between.withWords { words throws(StoreError) in try cursor.seek(before: words) }
            #expect(cursor.entry?.key(from: 0) == left.key)
        }
        var cursor = RunCursor([segment], cache)
        try cursor.seekFirst()
        for (key, _) in entries {
            #expect(cursor.entry?.key(from: 0) == key)
            try cursor.goOn()
        }
        #expect(cursor.entry == nil)
        try RawKey([255]).withWords { words throws(StoreError) in try cursor.seek(before: words) }
        for (key, _) in entries.reversed() {
            #expect(cursor.entry?.key(from: 0) == key)
            try cursor.goBack()
        }
        #expect(cursor.entry == nil)
        #expect(cache.statistics.byteCount <= cacheByteCount)
    }

    @Test func `any flipped bit of a segment is noticed`() throws {
        let (world, segment, _) = try Self.make(seed: 5, count: 300, blockByteCount: 300)
        let byteCount = Int(segment.summary.byteCount)
        var random = TestRandom(seed: 9)
        for _ in 0..<150 {
            var image = world.world.disk.image
            image.flipBit("/store/segment-0000000004", bit: random.below(byteCount * 8))
            let again = TestWorld(disk: image)
            let damaged = try Segment(segment.summary, directory: "store", files: again.world.doors.files)
            #expect(throws: StoreError.self) { try damaged.verify() }
        }
    }

    @Test func `blocks of any bytes are read or refused`() throws {
        var random = TestRandom(seed: 2)
        var builder = BlockBuilder()
        for key in 0..<9 as Range<UInt8> { builder.add(key: [1, 0, key, key], value: [key]) }
        let good = builder.finish()
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<1 + random.below(3) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            if random.below(4) == 0 { bytes.removeLast(random.below(bytes.count)) }
            guard let block = try? Block(bytes) else { continue }
            for index in 0..<block.count { #expect(block.node(index).keyByteCount <= Key.maxByteCount) }
        }
    }

    @Test func `a manifest comes back as it was, and any change of it is refused`() throws {
        let (world, segment, _) = try Self.make(seed: 5, count: 30, blockByteCount: 300)
        var levels = Array(repeating: [SegmentSummary](), count: Manifest.levelCount)
        levels[1] = [segment.summary]
        let manifest = Manifest(
            storeID: segment.summary.storeID, epoch: 3, sequence: 9,
            flushed: FlushPoint(number: 30, digest: [UInt8](repeating: 1, count: 32), milliseconds: -5),
            nextSegmentNumber: 5, logStart: LogStart(fileNumber: 2, previousNumber: 20, previousHash: 77),
            mayLackLog: false, levels: levels)
        #expect(try Manifest(manifest.encoded()) == manifest)
        let files = world.world.doors.files
        let file = ManifestFile(directory: "store", files: files)
        #expect(try file.load() == nil)
        try file.replace(with: manifest)
        #expect(try file.load() == manifest)
        for path in ["/store/CURRENT", "/store/MANIFEST-3-9"] {
            let byteCount = try #require(world.world.disk.image.contents(path)?.count)
            for byte in 0..<byteCount {
                var image = world.world.disk.image
                image.flipBit(path, bit: byte * 8 + byte % 8)
                let again = ManifestFile(directory: "store", files: TestWorld(disk: image).world.doors.files)
                #expect(throws: StoreError.self) { try again.load() }
            }
        }
        var newer = manifest.encoded()
        newer[8] = 2
        #expect(throws: Manifest.Failure.newerFormat(2)) { try Manifest(newer) }
        var random = TestRandom(seed: 4)
        for _ in 0..<3000 {
            var bytes = manifest.encoded()
            bytes[random.below(bytes.count)] = UInt8(random.below(256))
            if random.below(3) == 0 { bytes.removeLast(random.below(bytes.count)) }
            _ = try? Manifest(bytes)
        }
    }
}
