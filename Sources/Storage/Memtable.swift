/// Sorted entries in memory: a skip list with one writer and any number of readers, who take no lock.
///
/// Entries order by key, then by descending number, so the newest version of a key comes first. Nothing is ever removed
/// from a table that readers can see.
@safe final class Memtable: @unchecked Sendable {
    // The writer alone touches `arena`, `paths`, `last`, `random` and the counts. Readers start at `head` and follow
    // links that were published with release order after the entry behind them was complete.
    private static let maxHeight = 12
    private static let positionCount = 64
    /// An old path is used when no node of this level, one of about 64, lies between it and the key.
    private static let nearLevel = 3

    private var arena: Arena
    private let head: Node
    /// For each slot the last node on each level before the place of the slot's last insertion. A table and index
    /// always uses the same slot, so ascending keys of several tables in turn are as cheap as those of one.
    private let paths: UnsafeMutablePointer<Node>
    private let slotCount: Int
    /// The last insertion of each slot.
    private var last: [Node?]
    private var random: UInt64 = 0x2545_f491_4f6c_dd1d
    /// Of the keys that are not records.
    private let filter: BloomFilter?
    /// Of the records.
    private let records: NodeTable?

    private(set) var entryCount = 0
    /// The application's digest and the time as they were when the table was frozen; for whoever writes it to segments.
    var frozenDigest = [UInt8](repeating: 0, count: 32)
    var frozenMilliseconds: Int64 = 0
    /// The last transaction before the table was frozen; nothing after it is in the table.
    var frozenNumber: UInt64 = 0
    /// Bytes of keys, values and links.
    private(set) var byteCount = 0

    /// - Parameter filterByteCount: the size of the bloom filter, a power of two of at least 64; 0 for neither filter nor table of
    ///   records.
    init(filterByteCount: Int, firstChunkByteCount: Int = 1 << 16) {
        arena = Arena(firstChunkByteCount: firstChunkByteCount)
        filter = filterByteCount > 0 ? BloomFilter(byteCount: filterByteCount) : nil
        records = filterByteCount > 0 ? NodeTable() : nil
        let byteCount = Self.maxHeight * 8 + Node.headByteCount
        let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 8)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        let head = unsafe Node(memory + Self.maxHeight * 8)
        for level in 0..<Self.maxHeight { head.setLink(nil, at: level) }
        self.head = head
        slotCount = filterByteCount > 0 ? Self.positionCount : 1
        last = Array(repeating: nil, count: slotCount)
        unsafe paths = UnsafeMutablePointer<Node>.allocate(capacity: slotCount * Self.maxHeight)
        unsafe paths.initialize(repeating: head, count: slotCount * Self.maxHeight)
    }

    deinit {
        unsafe paths.deallocate()
        unsafe (head.address - Self.maxHeight * 8).deallocate()
    }

    /// Empties a table that no reader can see.
    func reset() {
        guard entryCount > 0 else { return }
        for level in 0..<Self.maxHeight { head.setLink(nil, at: level) }
        unsafe paths.update(repeating: head, count: slotCount * Self.maxHeight)
        for slot in last.indices { last[slot] = nil }
        entryCount = 0
        byteCount = 0
        arena.reset()
    }

    // MARK: Writing

    /// Adds an entry. `number` must be above every number that the key has already. Ascending keys are cheapest.
    /// - Parameter value: nil for a deletion.
    func insert(_ key: KeyWords, number: UInt64, value: UnsafeRawBufferPointer?) {
        let slot =
            key.count >= 2
            ? Int(truncatingIfNeeded: (key.word(0) >> 56) &* 13 &+ key.word(0) >> 48 & 0xff) & (slotCount - 1) : 0
        let path = unsafe paths + slot * Self.maxHeight
        unsafe findPath(to: key, number: number, path, after: last[slot])
        let height = nextHeight()
        let keyByteCount = key.wordCount << 3
        let valueByteCount = unsafe value?.count ?? 0
        let size = height * 8 + Node.headByteCount + keyByteCount + valueByteCount
        let node = unsafe Node(arena.allocate(size) + height * 8)
        let mark = unsafe value == nil ? Node.deletedMark : UInt32(valueByteCount)
        unsafe node.address.storeBytes(of: number, as: UInt64.self)
        unsafe node.address.storeBytes(of: UInt32(key.count), toByteOffset: 8, as: UInt32.self)
        unsafe node.address.storeBytes(of: mark, toByteOffset: 12, as: UInt32.self)
        unsafe (node.address + Node.headByteCount).copyMemory(from: key.address, byteCount: keyByteCount)
        if let source = unsafe value?.baseAddress, valueByteCount > 0 {
            unsafe (node.address + Node.headByteCount + keyByteCount).copyMemory(
                from: source, byteCount: valueByteCount)
        }
        // The node's own links first, then bottom level up: a reader that meets it can go on from it.
        for level in 0..<height { unsafe node.setLink(path[level].next(at: level), at: level) }
        for level in 0..<height {
            unsafe path[level].publish(node, at: level)
            unsafe path[level] = node
        }
        if let filter, let records {
            if key.isRecord { records.insert(node, key, hash: key.hash) } else { filter.insert(key.hash) }
        }
        last[slot] = node
        entryCount += 1
        byteCount += size
    }

    /// Sets `path` to the last node before (key, number) on each level.
    ///
    /// What `path` holds is a good place to begin when the key comes after the path's last insertion: all its nodes are
    /// before the key then. Others may have been inserted behind them since.
    private func findPath(
        to key: KeyWords, number: UInt64, _ path: UnsafeMutablePointer<Node>, after last: Node?
    ) {
        var isAhead = last.map { Self.isBefore($0, key, number) } ?? false
        if isAhead, let far = unsafe path[Self.nearLevel].next(at: Self.nearLevel), Self.isBefore(far, key, number) {
            // Keys in no order: the old path is nowhere near, and to compare with it costs more than it saves.
            isAhead = false
        }
        var node = head
        var passed: Node?
        // On the levels below one where the search left the old path, the old path may lie behind the search.
        var hasMoved = false
        var level = Self.maxHeight - 1
        while level >= 0 {
            if isAhead {
                let start = unsafe path[level]
                if !hasMoved || node == head {
                    node = start
                } else if start != head, start != node, Self.isBefore(node, start.words, start.number) {
                    node = start
                }
            }
            while let next = node.next(at: level), next != passed {
                guard Self.isBefore(next, key, number) else {
                    passed = next
                    break
                }
                node = next
                hasMoved = true
            }
            unsafe path[level] = node
            level -= 1
        }
    }

    private func nextHeight() -> Int {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return min(Self.maxHeight, 1 + (random | 1 << 62).trailingZeroBitCount / 2)
    }

    @inline(__always)
    private static func isBefore(_ node: Node, _ key: KeyWords, _ number: UInt64) -> Bool {
        let order = node.compare(key)
        return order < 0 || (order == 0 && node.number > number)
    }

    // MARK: Reading

    /// The newest entry of `key`, whose hash is `hash`, at or below `number`.
    func find(_ key: KeyWords, hash: UInt64, number: UInt64) -> Node? {
        guard let filter, let records else { return find(key, number: number) }
        guard key.isRecord else { return filter.mayContain(hash) ? find(key, number: number) : nil }
        guard var node = records.find(key, hash: hash) else { return nil }
        // Older versions follow; far below, the list is faster.
        for _ in 0..<8 {
            if node.number <= number { return node }
            guard let older = node.next(at: 0), older.compare(key) == 0 else { return nil }
            node = older
        }
        return find(key, number: number)
    }

    /// The newest entry of `key` at or below `number`.
    func find(_ key: KeyWords, number: UInt64) -> Node? {
        guard let node = seek(key, number: number), node.compare(key) == 0 else { return nil }
        return node
    }

    /// The first entry that is not before (key, number).
    func seek(_ key: KeyWords, number: UInt64) -> Node? {
        var node = head
        var level = Self.maxHeight - 1
        var passed: Node?
        while true {
            let next = node.next(at: level)
            if let next, next != passed, Self.isBefore(next, key, number) {
                node = next
                continue
            }
            // The link is read once: the writer may put another node in front of `next` meanwhile.
            if level == 0 { return next }
            passed = next
            level -= 1
        }
    }

    /// The first key from `lower` on that is below `upper`; nil for none.
    func seek(_ lower: RawKey, upTo upper: RawKey) -> RawKey? {
        guard let node = lower.withWords({ seek($0, number: .max) }), upper.withWords({ node.compare($0) < 0 }) else {
            return nil
        }
        return RawKey(node.key(from: 0))
    }

    /// The last entry with a key below `key`: its oldest version.
    func last(before key: KeyWords) -> Node? {
        var node = head
        var level = Self.maxHeight - 1
        while true {
            if let next = node.next(at: level), next.compare(key) < 0 {
                node = next
                continue
            }
            if level == 0 { return node == head ? nil : node }
            level -= 1
        }
    }

    var first: Node? { head.next(at: 0) }
}
