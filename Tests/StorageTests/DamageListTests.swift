import Runtime
import Simulation
import Testing

@testable import Storage

/// What a disk may do to bytes at rest: never a wrong answer, never a silent gap.
@Suite struct DamageListTests {
    private let store: DamagedStore
    private var random = TestRandom(seed: 71)

    init() throws { store = try DamagedStore() }

    /// Flips one bit, `count` times over all `regions`.
    /// - Returns: how often the store did not open, reads were refused, `verify` found it.
    private mutating func flip(
        in regions: [DamagedStore.Region], count: Int, _ what: String
    ) throws -> (starts: Int, reads: Int, found: Int) {
        var counts = (starts: 0, reads: 0, found: 0)
        for turn in 0..<count {
            let region = regions[turn * regions.count / count]
            let bit = region.bytes.lowerBound * 8 + random.below(region.bytes.count * 8)
            var image = store.image
            let isFlipped = image.flipBit(region.path, bit: bit)
            #expect(isFlipped)
            let outcome = store.expectTruth(image, damaged: region.path, "\(what), bit \(bit) of \(region.path)")
            counts.starts += outcome.refusal == nil ? 0 : 1
            counts.reads += outcome.readRefusals.isEmpty ? 0 : 1
            counts.found += outcome.found == nil ? 0 : 1
        }
        return counts
    }

    // MARK: One flipped bit

    @Test mutating func `one flipped bit in the header of a log file`() throws {
        let counts = try flip(in: store.logHeaders, count: 24, "log header")
        #expect(counts.starts == 24 && counts.found == 24)
    }

    @Test mutating func `one flipped bit in a frame of the log`() throws {
        let counts = try flip(in: store.logFrames, count: 60, "log frame")
        #expect(counts.starts == 60 && counts.found == 60)
    }

    @Test(arguments: [DamagedStore.SegmentPart.data, .index, .filter, .topIndex])
    mutating func `one flipped bit in a segment`(part: DamagedStore.SegmentPart) throws {
        let counts = try flip(in: try store.segmentRegions(part), count: 24, "\(part)")
        #expect(counts.starts == 0 && counts.reads > 0 && counts.found == 24, "\(counts)")
    }

    @Test mutating func `one flipped bit in the footer of a segment`() throws {
        // The manifest has the footer too: answers need no other, and verify compares them.
        let counts = try flip(in: try store.segmentRegions(.footer), count: 16, "footer")
        #expect(counts.starts == 0 && counts.found == 16)
    }

    @Test mutating func `one flipped bit in the manifest`() throws {
        let counts = try flip(in: [store.wholeFile(store.manifestPath)], count: 40, "manifest")
        #expect(counts.starts == 40 && counts.found == 40)
    }

    @Test mutating func `one flipped bit in CURRENT`() throws {
        let counts = try flip(in: [store.wholeFile("/store/CURRENT")], count: 40, "CURRENT")
        #expect(counts.starts == 40 && counts.found == 40)
    }

    @Test mutating func `one flipped bit in a backup`() throws {
        let byteCount = store.wholeFile("/backup").bytes.count
        for _ in 0..<25 {
            var image = store.image
            image.flipBit("/backup", bit: random.below(byteCount * 8))
            try expectNoRestore(image)
        }
    }

    private func expectNoRestore(_ image: DiskImage) throws {
        let files = TestWorld(disk: image).world.doors.files
        #expect(throws: StoreError.self) { try Store.restore(from: "backup", to: "other", files: files) }
        #expect(try files.status("other/CURRENT") == nil)
    }

    // MARK: Misdirected and lost writes

    /// The store with the block at `source` of one file over the block at `target` of another.
    private func misdirected(
        _ from: String, _ source: Int, _ to: String, _ target: Int
    ) -> (image: DiskImage, isChanged: Bool) {
        var image = store.image
        let block = (image.contents(from) ?? []).dropFirst(source).prefix(4096)
        var bytes = image.contents(to) ?? []
        let before = bytes
        let end = min(bytes.count, target + block.count)
        bytes.replaceSubrange(target..<end, with: block.prefix(end - target))
        image.setContents(to, bytes)
        return (image, bytes != before)
    }

    @Test mutating func `misdirected write over the log`() throws {
        let sources = store.logFrames + store.segmentPaths.map { store.wholeFile($0) }
        for (turn, target) in (store.logFrames + store.logFrames + store.logHeaders).enumerated() {
            for _ in 0..<5 {
                let from = sources[random.below(sources.count)]
                let source = from.bytes.lowerBound / 4096 * 4096 + random.below((from.bytes.count + 4095) / 4096) * 4096
                let place = target.bytes.lowerBound + random.below(target.bytes.count / 4096) * 4096
                let (image, isChanged) = misdirected(from.path, source, target.path, place)
                guard isChanged else { continue }
                let outcome = store.expectTruth(image, damaged: target.path, "\(turn): \(place) of \(target.path)")
                #expect(outcome.refusal != nil && outcome.found != nil)
            }
        }
    }

    @Test mutating func `misdirected write over a segment`() throws {
        let sources = store.logFrames + store.segmentPaths.map { store.wholeFile($0) }
        var readCount = 0
        for target in store.segmentPaths.map({ store.wholeFile($0) }) {
            for _ in 0..<4 {
                let from = sources[random.below(sources.count)]
                let source = from.bytes.lowerBound + random.below((from.bytes.count + 4095) / 4096) * 4096
                let place = random.below((target.bytes.count + 4095) / 4096) * 4096
                let (image, isChanged) = misdirected(from.path, source, target.path, place)
                guard isChanged else { continue }
                let outcome = store.expectTruth(image, damaged: target.path, "\(place) of \(target.path)")
                #expect(outcome.found != nil)
                readCount += outcome.readRefusals.count
            }
        }
        #expect(readCount > 0)
    }

    @Test func `lost write on segments`() throws {
        var readCount = 0
        for path in store.segmentPaths {
            let bytes = try #require(store.image.contents(path))
            for start in stride(from: 0, to: bytes.count, by: 4096) {
                var lost = bytes
                let end = min(bytes.count, start + 4096)
                lost.replaceSubrange(start..<end, with: repeatElement(0, count: end - start))
                var image = store.image
                image.setContents(path, lost)
                let outcome = store.expectTruth(image, damaged: path, "\(start) of \(path)")
                #expect(outcome.found != nil)
                readCount += outcome.readRefusals.count
            }
        }
        #expect(readCount > 0)
    }

    @Test func `lost write on the log`() throws {
        // Every page but that of the last mark, which says nothing that is not known.
        for region in store.logFrames {
            let bytes = try #require(store.image.contents(region.path))
            let isNewest = region.path == store.logPaths.last
            for start in stride(from: region.bytes.lowerBound, to: region.bytes.upperBound, by: 4096) {
                var lost = bytes
                lost.replaceSubrange(start..<start + 4096, with: repeatElement(0, count: 4096))
                var image = store.image
                image.setContents(region.path, lost)
                let outcome = store.expectTruth(image, damaged: region.path, "\(start) of \(region.path)")
                #expect((outcome.refusal != nil) == !(isNewest && start + 4096 == region.bytes.upperBound))
            }
        }
    }

    // MARK: Files that are missing or too short

    @Test func `missing file of each kind`() throws {
        for path in store.logPaths + store.segmentPaths + [store.manifestPath, "/store/CURRENT"] {
            var image = store.image
            image.removeFile(path)
            let outcome = store.expectTruth(image, damaged: path, "without \(path)")
            #expect(outcome.refusal != nil && outcome.found != nil, "without \(path)")
        }
        var image = store.image
        for path in store.logPaths { image.removeFile(path) }
        #expect(store.expectTruth(image, damaged: "log", "without a log").refusal != nil)
        image = store.image
        image.removeFile("/store/lock")
        #expect(store.expectTruth(image, damaged: "lock", "without the lock").errors.isEmpty)
        image = store.image
        image.removeFile("/backup")
        try expectNoRestore(image)
    }

    @Test func `truncated file of each kind`() throws {
        for path in store.segmentPaths + [store.manifestPath, "/store/CURRENT"] {
            let byteCount = try #require(store.image.contents(path)).count
            for length in [0, 1, byteCount / 2, byteCount - 1] {
                var image = store.image
                image.truncateFile(path, to: UInt64(length))
                let outcome = store.expectTruth(image, damaged: path, "\(path) of \(length) bytes")
                #expect(outcome.refusal != nil && outcome.found != nil, "\(path) of \(length) bytes")
            }
        }
        for region in store.logFrames {
            let ends = stride(from: region.bytes.lowerBound, through: region.bytes.upperBound, by: 4096)
            for length in [0, 1, 4095] + ends.flatMap({ [$0, $0 - 1, $0 - 300] }) {
                var image = store.image
                image.truncateFile(region.path, to: UInt64(length))
                let outcome = store.expectTruth(image, damaged: region.path, "\(region.path) of \(length) bytes")
                // An older file may end where the next one says it does.
                #expect(
                    outcome.refusal != nil || (region.path != store.logPaths.last && length >= region.bytes.upperBound),
                    "\(region.path) of \(length) bytes")
            }
        }
        let byteCount = store.wholeFile("/backup").bytes.count
        for length in [0, 1, 100, byteCount / 2, byteCount - 1] {
            var image = store.image
            image.truncateFile("/backup", to: UInt64(length))
            try expectNoRestore(image)
        }
    }
}
