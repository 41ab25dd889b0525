import Bytes
import Runtime

/// Writes one segment: ascending keys in, one file out. The file counts for nothing until the manifest names it.
///
/// After a throw only `abandon` may be called.
struct SegmentWriter {
    /// Bytes of one write.
    private static let writeByteCount = 256 << 10
    /// Bytes after which the file is synced, long before its end: many at once would hold up the syncs of the log.
    private static let syncByteCount = 1 << 20

    private let files: any FileSystem
    private let path: String
    private let file: any File
    private let storeID: [UInt8]
    let number: UInt64
    private let blockByteCount: Int

    private var buffer: [UInt8] = []
    /// Bytes before `buffer`.
    private var writtenByteCount: UInt64 = 0
    private var syncedByteCount: UInt64 = 0
    private var data = BlockBuilder()
    private var index = BlockBuilder()
    private var top = BlockBuilder()
    private var hashes: [UInt64] = []
    private var entryCount: UInt64 = 0
    private var lowestNumber = UInt64.max
    private var highestNumber: UInt64 = 0
    private var smallestKey: [UInt8] = []
    private var largestKey: [UInt8] = []

    init(
        directory: String, files: any FileSystem, number: UInt64, storeID: [UInt8], blockByteCount: Int
    ) throws(FileError) {
        self.files = files
        self.number = number
        self.storeID = storeID
        self.blockByteCount = blockByteCount
        path = directory + "/" + SegmentFormat.fileName(number)
        file = try files.open(path, .createNew)
    }

    /// Bytes so far, nearly.
    var byteCount: Int { Int(writtenByteCount) + buffer.count + data.byteCount }

    /// Adds an entry whose key is above all before it.
    mutating func add(_ node: Node) throws(FileError) {
        if !data.isEmpty,
            !data.hasRoom(
                keyByteCount: node.keyByteCount, valueByteCount: node.valueByteCount, limit: blockByteCount)
        {
            try endBlock()
        }
        if entryCount == 0 { smallestKey = node.key(from: 0) }
        unsafe data.add(
            key: node.keyBytes, number: node.number, value: node.isDeletion ? nil : node.valueBytes)
        hashes.append(node.words.hash)
        entryCount += 1
        lowestNumber = min(lowestNumber, node.number)
        highestNumber = max(highestNumber, node.number)
        if hashes.count >= SegmentFormat.filterKeyLimit {
            try endBlock()
            try endPartition()
        }
    }

    /// Completes the file and waits until it is on stable storage; its name is not, yet.
    mutating func finish() throws(FileError) -> SegmentSummary {
        precondition(entryCount > 0, "a segment without entries")
        if !data.isEmpty { try endBlock() }
        if !index.isEmpty { try endPartition() }
        let handle = try put(top.finish())
        let summary = SegmentSummary(
            storeID: storeID, number: number, entryCount: entryCount, lowestNumber: lowestNumber,
            highestNumber: highestNumber, top: handle, smallestKey: RawKey(smallestKey),
            largestKey: RawKey(largestKey))
        buffer += summary.footer()
        try writeBuffer()
        try file.sync()
        file.close()
        return summary
    }

    /// Closes and removes the file, as far as that can be done.
    func abandon() {
        file.close()
        _ = try? files.remove(path)
    }

    private mutating func endBlock() throws(FileError) {
        guard !data.isEmpty else { return }
        largestKey = data.lastKey
        var value = ByteWriter(capacity: BlockHandle.byteCount)
        try put(data.finish()).append(to: &value)
        index.add(key: largestKey, value: value.bytes)
        if index.count >= SegmentFormat.indexBlockLimit { try endPartition() }
    }

    private mutating func endPartition() throws(FileError) {
        guard !index.isEmpty else { return }
        var value = ByteWriter(capacity: 2 * BlockHandle.byteCount)
        let filter = try put(FilterBlock.make(hashes))
        try put(index.finish()).append(to: &value)
        filter.append(to: &value)
        top.add(key: largestKey, value: value.bytes)
        hashes.removeAll(keepingCapacity: true)
    }

    private mutating func put(_ block: [UInt8]) throws(FileError) -> BlockHandle {
        let handle = BlockHandle(
            offset: writtenByteCount + UInt64(buffer.count), byteCount: UInt32(block.count), hash: XXH64.hash(block))
        buffer += block
        if buffer.count >= Self.writeByteCount { try writeBuffer() }
        return handle
    }

    private mutating func writeBuffer() throws(FileError) {
        try file.write(buffer, at: writtenByteCount)
        writtenByteCount += UInt64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
        guard writtenByteCount - syncedByteCount >= UInt64(Self.syncByteCount) else { return }
        try file.sync()
        syncedByteCount = writtenByteCount
    }
}
