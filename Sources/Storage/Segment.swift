import Bytes
import Runtime
import Synchronization

/// A segment: sorted entries in a file that never changes.
///
/// The file stays readable for as long as a version names the segment, even after its name is gone.
final class Segment: Sendable {
    let summary: SegmentSummary
    let file: SegmentFile
    private var path: String { file.path }
    /// The top index, read when it is first needed and kept.
    private let resident = AtomicLazyReference<Block>()

    /// - Parameter table: Bounds how many files are open.
    init(
        _ summary: SegmentSummary, directory: String, files: any FileSystem, table: FileTable = FileTable(limit: 512)
    ) throws(StoreError) {
        self.summary = summary
        let path = directory + "/" + SegmentFormat.fileName(summary.number)
        let byteCount: UInt64
        do throws(FileError) {
            file = try SegmentFile(path, files: files, table: table)
            byteCount = try file.byteCount()
        } catch {
            guard error.reason == .notFound else { throw .file(error) }
            throw .corrupt(file: path, offset: 0, reason: "the file is missing, though the manifest names it")
        }
        guard byteCount == summary.byteCount else {
            throw .corrupt(
                file: path, offset: min(byteCount, summary.byteCount),
                reason: "the file has \(byteCount) bytes instead of \(summary.byteCount)")
        }
    }

    deinit {
        file.end()
    }

    // MARK: Blocks

    func top() throws(StoreError) -> Block {
        if let block = resident.load() { return block }
        return resident.storeIfNil(try unpack(summary.top))
    }

    /// The top index as it is in the file now.
    func readTop() throws(StoreError) -> Block { try unpack(summary.top) }

    /// The block of entries behind handle `index` of `node`, from the cache or the file.
    func block(_ node: Node, _ cache: BlockCache?) throws(StoreError) -> Block {
        guard let handle = BlockHandle(node) else { throw damage(0, "an index entry is too short") }
        guard let cache else { return try unpack(handle) }
        if let block = cache.find(segment: summary.number, offset: handle.offset) as? Block { return block }
        let block = try unpack(handle)
        cache.insert(block, segment: summary.number, offset: handle.offset)
        return block
    }

    /// The filter of the partition that `node` of the top index describes.
    func filter(_ node: Node, _ cache: BlockCache?) throws(StoreError) -> FilterBlock {
        guard let handle = BlockHandle(node, 1) else { throw damage(0, "an index entry is too short") }
        if let block = cache?.find(segment: summary.number, offset: handle.offset) as? FilterBlock { return block }
        guard let filter = FilterBlock(try read(handle)) else { throw damage(handle.offset, "this is no filter") }
        cache?.insert(filter, segment: summary.number, offset: handle.offset)
        return filter
    }

    private func unpack(_ handle: BlockHandle) throws(StoreError) -> Block {
        let bytes = try read(handle)
        do {
            let block = try Block(bytes)
            guard block.count > 0 else { throw Truncated() }
            return block
        } catch {
            throw damage(handle.offset, "a block cannot be unpacked")
        }
    }

    private func read(_ handle: BlockHandle) throws(StoreError) -> [UInt8] {
        guard Int(handle.byteCount) <= SegmentFormat.maxBlockByteCount,
            handle.offset <= summary.top.offset, handle.offset + UInt64(handle.byteCount) <= summary.byteCount
        else { throw damage(0, "a block is said to lie outside the file") }
        let bytes: [UInt8]
        do {
            bytes = try file.read(at: handle.offset, count: Int(handle.byteCount))
        } catch {
            throw .file(error)
        }
        guard bytes.count == Int(handle.byteCount), XXH64.hash(bytes) == handle.hash else {
            throw damage(handle.offset, "the checksum of a block is wrong")
        }
        return bytes
    }

    func damage(_ offset: UInt64, _ reason: String) -> StoreError {
        .corrupt(file: path, offset: offset, reason: reason)
    }

    // MARK: Reading

    /// The entry of `key`, whose hash is `hash`.
    func find(_ key: KeyWords, hash: UInt64, _ cache: BlockCache?) throws(StoreError) -> Entry? {
        guard summary.smallestKey.compare(key) <= 0, summary.largestKey.compare(key) >= 0 else { return nil }
        let top = try top()
        let partition = top.lowerBound(key)
        guard partition < top.count else { return nil }
        guard try filter(top.node(partition), cache).mayContain(hash) else { return nil }
        let index = try block(top.node(partition), cache)
        let position = index.lowerBound(key)
        guard position < index.count else { return nil }
        let data = try block(index.node(position), cache)
        let place = data.lowerBound(key)
        guard place < data.count, data.node(place).compare(key) == 0 else { return nil }
        return Entry(node: data.node(place), block: data)
    }

    // MARK: Checking

    /// Reads the whole file and checks every block, its parents and the order of keys.
    /// - Parameter progress: Called with the bytes of each block.
    func verify(_ progress: (UInt64) -> Void = { _ in }) throws(StoreError) {
        var check = SegmentCheck(self)
        while let byteCount = try check.step() { progress(byteCount) }
    }
}
