/// The bytes of one simulated file: as its processes see them, and as they are on stable storage.
///
/// A block is 4 KiB; an empty array stands for one of zeros. Blocks are shared between the two views until written.
struct FileBlocks: Sendable {
    static let blockByteCount = 4096
    static let sectorByteCount = 512
    /// Versions of an unsynced block that may still reach the disk; older ones are forgotten.
    private static let versionLimit = 4

    /// What a block became by a call that was not synced.
    private enum Version {
        case written([UInt8])
        /// Cut off by a truncation; has happened only when the file's size shrank too.
        case cutOff
    }

    private var cached: [[UInt8]] = []
    private(set) var byteCount: UInt64 = 0
    private var durable: [[UInt8]] = []
    /// Blocks that take up space, as processes see it.
    private(set) var allocatedBlockCount = 0
    private var durableBlockCount = 0
    private(set) var durableByteCount: UInt64 = 0
    private var unsyncedBlocks: [Int: [Version]] = [:]
    /// Sizes the file had since the last sync.
    private var unsyncedSizes: [UInt64] = []

    init() {}

    /// Synced contents.
    init(_ bytes: [UInt8]) {
        write(bytes[...], at: 0)
        sync()
    }

    /// Blocks and sizes that a loss of power may keep or lose.
    var unsyncedCount: Int { unsyncedBlocks.count + (unsyncedSizes.isEmpty ? 0 : 1) }

    /// Blocks that a write would newly take up.
    func newBlockCount(offset: UInt64, count: Int) -> Int {
        guard count > 0 else { return 0 }
        let first = Int(offset) / Self.blockByteCount
        let last = (Int(offset) + count - 1) / Self.blockByteCount
        var result = 0
        for index in first...last where index >= cached.count || cached[index].isEmpty { result += 1 }
        return result
    }

    func read(at offset: UInt64, count: Int) -> [UInt8] {
        guard offset < byteCount, count > 0 else { return [] }
        var position = Int(offset)
        let end = position + min(count, Int(byteCount - offset))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(end - position)
        while position < end {
            let index = position / Self.blockByteCount
            let start = position % Self.blockByteCount
            let length = min(Self.blockByteCount - start, end - position)
            if index < cached.count, !cached[index].isEmpty {
                bytes += cached[index][start..<start + length]
            } else {
                bytes += repeatElement(0, count: length)
            }
            position += length
        }
        return bytes
    }

    mutating func write(_ bytes: ArraySlice<UInt8>, at offset: UInt64) {
        guard !bytes.isEmpty else { return }
        var position = Int(offset)
        var source = bytes.startIndex
        let lastIndex = (position + bytes.count - 1) / Self.blockByteCount
        while cached.count <= lastIndex { cached.append([]) }
        while source < bytes.endIndex {
            let index = position / Self.blockByteCount
            let start = position % Self.blockByteCount
            let length = min(Self.blockByteCount - start, bytes.endIndex - source)
            if cached[index].isEmpty { allocatedBlockCount += 1 }
            if length == Self.blockByteCount {
                cached[index] = Array(bytes[source..<source + length])
            } else {
                if cached[index].isEmpty { cached[index] = [UInt8](repeating: 0, count: Self.blockByteCount) }
                cached[index].replaceSubrange(start..<start + length, with: bytes[source..<source + length])
            }
            note(.written(cached[index]), index)
            position += length
            source += length
        }
        if UInt64(position) > byteCount { setByteCount(UInt64(position)) }
    }

    mutating func truncate(to newByteCount: UInt64) {
        guard newByteCount != byteCount else { return }
        if newByteCount < byteCount {
            let kept = (Int(newByteCount) + Self.blockByteCount - 1) / Self.blockByteCount
            while cached.count > kept {
                if !cached[cached.count - 1].isEmpty {
                    note(.cutOff, cached.count - 1)
                    allocatedBlockCount -= 1
                }
                cached.removeLast()
            }
            let tail = Int(newByteCount) % Self.blockByteCount
            if tail > 0, cached.count == kept, !cached[kept - 1].isEmpty {
                for index in tail..<Self.blockByteCount { cached[kept - 1][index] = 0 }
                note(.written(cached[kept - 1]), kept - 1)
            }
        }
        setByteCount(newByteCount)
    }

    /// Everything written is on stable storage.
    mutating func sync() {
        for index in unsyncedBlocks.keys { settle(index, to: index < cached.count ? cached[index] : []) }
        dropDurableBlocks(beyond: cached.count)
        durableByteCount = byteCount
        unsyncedBlocks.removeAll(keepingCapacity: true)
        unsyncedSizes.removeAll(keepingCapacity: true)
    }

    /// A sync failed: some blocks reached the disk, the others never will, though processes still see them: the kernel
    /// has marked them clean.
    mutating func failSync(_ generator: inout SeededGenerator) {
        for index in unsyncedBlocks.keys.sorted() where generator.below(2) == 0 {
            settle(index, to: index < cached.count ? cached[index] : [])
        }
        if generator.below(2) == 0 { durableByteCount = byteCount }
        unsyncedBlocks.removeAll(keepingCapacity: true)
        unsyncedSizes.removeAll(keepingCapacity: true)
    }

    /// The file after a loss of power.
    func crashed(_ choices: inout CrashChoices) -> FileBlocks {
        var result = FileBlocks()
        result.durable = durable
        result.durableBlockCount = durableBlockCount
        result.durableByteCount = durableByteCount
        var sizeWasLost = true
        if let last = unsyncedSizes.last {
            switch choices.next() {
            case .lost: break
            case .kept:
                result.durableByteCount = last
                sizeWasLost = false
            case .torn:
                result.durableByteCount = unsyncedSizes[choices.generator.below(unsyncedSizes.count)]
                sizeWasLost = false
            }
        }
        for index in unsyncedBlocks.keys.sorted() {
            guard let versions = unsyncedBlocks[index], let last = versions.last else { continue }
            let old = index < durable.count ? durable[index] : []
            let outcome = choices.next()
            switch outcome {
            case .lost: break
            case .kept: result.settle(index, to: Self.bytes(last, old: old, sizeWasLost: sizeWasLost))
            case .torn:
                var torn = old.isEmpty ? [UInt8](repeating: 0, count: Self.blockByteCount) : old
                for sector in 0..<Self.blockByteCount / Self.sectorByteCount {
                    let pick = choices.generator.below(versions.count + 1)
                    if pick == 0 { continue }
                    let version = Self.bytes(versions[pick - 1], old: old, sizeWasLost: sizeWasLost)
                    let range = sector * Self.sectorByteCount..<(sector + 1) * Self.sectorByteCount
                    torn.replaceSubrange(
                        range, with: version.isEmpty ? ArraySlice(repeating: 0, count: range.count) : version[range])
                }
                result.settle(index, to: torn)
            }
        }
        result.dropBeyondEnd()
        result.cached = result.durable
        result.allocatedBlockCount = result.durableBlockCount
        result.byteCount = result.durableByteCount
        return result
    }

    /// Changes the bytes on stable storage and in the cache alike, behind every process's back.
    mutating func corrupt(_ change: (inout FileBlocks) -> Void) {
        var stable = FileBlocks()
        stable.cached = durable
        stable.allocatedBlockCount = durableBlockCount
        stable.byteCount = durableByteCount
        change(&stable)
        durable = stable.cached
        durableBlockCount = stable.allocatedBlockCount
        durableByteCount = stable.byteCount
        let unsynced = unsyncedBlocks.keys.sorted()
        let sizeWasSynced = unsyncedSizes.isEmpty
        change(&self)
        unsyncedBlocks.removeAll()
        for index in unsynced where index < cached.count { note(.written(cached[index]), index) }
        unsyncedSizes = sizeWasSynced ? [] : [byteCount]
    }

    private static func bytes(_ version: Version, old: [UInt8], sizeWasLost: Bool) -> [UInt8] {
        switch version {
        case .written(let bytes): bytes
        case .cutOff: sizeWasLost ? old : []
        }
    }

    private mutating func note(_ version: Version, _ index: Int) {
        unsyncedBlocks[index, default: []].append(version)
        if let count = unsyncedBlocks[index]?.count, count > Self.versionLimit {
            unsyncedBlocks[index]?.removeFirst()
        }
    }

    private mutating func setByteCount(_ newByteCount: UInt64) {
        byteCount = newByteCount
        unsyncedSizes.append(newByteCount)
        if unsyncedSizes.count > Self.versionLimit { unsyncedSizes.removeFirst() }
    }

    private mutating func settle(_ index: Int, to block: [UInt8]) {
        while durable.count <= index { durable.append([]) }
        durableBlockCount += (block.isEmpty ? 0 : 1) - (durable[index].isEmpty ? 0 : 1)
        durable[index] = block
    }

    private mutating func dropDurableBlocks(beyond count: Int) {
        while durable.count > count {
            if !durable[durable.count - 1].isEmpty { durableBlockCount -= 1 }
            durable.removeLast()
        }
    }

    /// Bytes behind the end read as zeros when the file grows again.
    private mutating func dropBeyondEnd() {
        let count = (Int(durableByteCount) + Self.blockByteCount - 1) / Self.blockByteCount
        dropDurableBlocks(beyond: count)
        let tail = Int(durableByteCount) % Self.blockByteCount
        if tail > 0, durable.count == count, !durable[count - 1].isEmpty {
            for index in tail..<Self.blockByteCount { durable[count - 1][index] = 0 }
        }
    }
}
