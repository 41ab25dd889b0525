import Bytes
import Runtime

/// Checks a whole segment against its summary, a partition at a time: every block, its parents and the order of keys.
///
/// After a throw it is not used again.
struct SegmentCheck {
    let segment: Segment
    private var top: Block?
    private var partition = 0
    private var count: UInt64 = 0
    private var previous: Entry?

    init(_ segment: Segment) {
        self.segment = segment
    }

    /// Checks the footer with the top index, then with each call one partition, at most about 256 KiB.
    /// - Returns: the bytes that were read; nil once all has been checked.
    mutating func step() throws(StoreError) -> UInt64? {
        guard let top else { return try begin() }
        guard partition < top.count else {
            try end()
            return nil
        }
        defer { partition += 1 }
        return try check(top.node(partition))
    }

    private mutating func begin() throws(StoreError) -> UInt64 {
        let summary = segment.summary
        let start = summary.byteCount - UInt64(SegmentFormat.footerByteCount)
        let footer: [UInt8]
        do {
            footer = try segment.file.read(at: start, count: SegmentFormat.footerByteCount)
        } catch {
            throw .file(error)
        }
        guard footer == summary.footer() else {
            throw segment.damage(start, "the footer is not what the manifest says")
        }
        // Not the one in memory: the bytes of the file are in question.
        top = try segment.readTop()
        return UInt64(summary.top.byteCount) + UInt64(SegmentFormat.footerByteCount)
    }

    private mutating func check(_ node: Node) throws(StoreError) -> UInt64 {
        let summary = segment.summary
        let filter = try segment.filter(node, nil)
        let index = try segment.block(node, nil)
        var byteCount = UInt64(BlockHandle(node, 1)?.byteCount ?? 0) + UInt64(BlockHandle(node)?.byteCount ?? 0)
        for position in 0..<index.count {
            let data = try segment.block(index.node(position), nil)
            let handle = BlockHandle(index.node(position))
            byteCount += UInt64(handle?.byteCount ?? 0)
            for place in 0..<data.count {
                let node = data.node(place)
                guard
                    previous.map({ $0.node.compare(node.words) < 0 })
                        ?? (summary.smallestKey.compare(node.words) == 0),
                    filter.mayContain(node.words.hash), node.number >= summary.lowestNumber,
                    node.number <= summary.highestNumber
                else {
                    throw segment.damage(handle?.offset ?? 0, "the entries of a block are not as its segment says")
                }
                previous = Entry(node: node, block: data)
                count += 1
            }
            guard let last = previous, index.node(position).compare(last.node.words) == 0 else {
                throw segment.damage(handle?.offset ?? 0, "a block does not end with the key its index names")
            }
        }
        return byteCount
    }

    private func end() throws(StoreError) {
        let summary = segment.summary
        guard count == summary.entryCount, let last = previous, summary.largestKey.compare(last.node.words) == 0 else {
            throw segment.damage(summary.top.offset, "the segment's entries are not all there")
        }
    }
}
