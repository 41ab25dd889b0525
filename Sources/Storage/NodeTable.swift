import Synchronization

/// Finds the newest entry of a record's key in a skip list with one or two cache misses: a hash table with one writer
/// and readers without a lock.
///
/// A slot is the address of a node in its lower 48 bits, which is where Linux places a process's memory, under 16 bits of
/// the key's hash. Slots are only ever filled or set to a newer node of the same key. When the table is half full a
/// larger copy takes its place; readers may go on in the old one, which lives as long as the table.
@safe final class NodeTable: @unchecked Sendable {
    private static let addressMask: UInt = (1 << 48) - 1

    /// The address of the slots in use. In front of them stands their number less one.
    private let current: Atomic<UInt>
    // The writer's own.
    private var blocks: [UnsafeMutableRawPointer] = unsafe []
    private var count = 0

    init() {
        current = Atomic(0)
        unsafe publish(makeBlock(slotCount: 1024))
    }

    deinit {
        for index in unsafe 0..<blocks.count { unsafe blocks[index].deallocate() }
    }

    /// The newest node with `key`, whose hash is `hash`.
    func find(_ key: KeyWords, hash: UInt64) -> Node? {
        let block = unsafe currentBlock
        let mask = unsafe block.load(as: Int.self)
        var index = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = unsafe Self.slot(block, index).pointee.load(ordering: .acquiring)
            if slot == 0 { return nil }
            if Self.tag(slot) == hash >> 48, let node = Self.node(slot), node.compare(key) == 0 { return node }
            index = (index + 1) & mask
        }
    }

    /// Makes `node` the newest one with `key`.
    func insert(_ node: Node, _ key: KeyWords, hash: UInt64) {
        var block = unsafe currentBlock
        if unsafe count * 2 > block.load(as: Int.self) {
            unsafe block = grow(block)
        }
        if unsafe Self.put(node, key, hash, in: block) { count += 1 }
    }

    /// - Returns: whether the key is new.
    private static func put(
        _ node: Node, _ key: KeyWords, _ hash: UInt64, in block: UnsafeMutableRawPointer
    ) -> Bool {
        let mask = unsafe block.load(as: Int.self)
        var index = Int(truncatingIfNeeded: hash) & mask
        let value = unsafe UInt(bitPattern: node.address) & addressMask | UInt(hash >> 48) << 48
        while true {
            let slot = unsafe Self.slot(block, index)
            let old = unsafe slot.pointee.load(ordering: .relaxed)
            let isSame = tag(old) == hash >> 48 && Self.node(old).map { $0.compare(key) == 0 } ?? false
            if old == 0 || isSame {
                // What the node holds is there before the node is.
                unsafe slot.pointee.store(value, ordering: .releasing)
                return old == 0
            }
            index = (index + 1) & mask
        }
    }

    private func grow(_ old: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        let slotCount = unsafe old.load(as: Int.self) + 1
        let block = unsafe makeBlock(slotCount: slotCount * 2)
        for index in 0..<slotCount {
            let slot = unsafe Self.slot(old, index).pointee.load(ordering: .relaxed)
            guard let node = Self.node(slot) else { continue }
            _ = unsafe Self.put(node, node.words, node.words.hash, in: block)
        }
        unsafe publish(block)
        return unsafe block
    }

    private func makeBlock(slotCount: Int) -> UnsafeMutableRawPointer {
        let byteCount = (slotCount + 1) * 8
        let block = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 8)
        unsafe block.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        unsafe block.storeBytes(of: slotCount - 1, as: Int.self)
        unsafe blocks.append(block)
        return unsafe block
    }

    private func publish(_ block: UnsafeMutableRawPointer) {
        current.store(UInt(bitPattern: block), ordering: .releasing)
    }

    private var currentBlock: UnsafeMutableRawPointer {
        guard let block = unsafe UnsafeMutableRawPointer(bitPattern: current.load(ordering: .acquiring)) else {
            preconditionFailure("a table always has slots")
        }
        return unsafe block
    }

    private static func slot(_ block: UnsafeMutableRawPointer, _ index: Int) -> UnsafeMutablePointer<Atomic<UInt>> {
        unsafe (block + 8 * (index + 1)).assumingMemoryBound(to: Atomic<UInt>.self)
    }

    private static func tag(_ slot: UInt) -> UInt64 { UInt64(slot >> 48) }

    private static func node(_ slot: UInt) -> Node? {
        guard let address = unsafe UnsafeMutableRawPointer(bitPattern: slot & addressMask) else { return nil }
        return unsafe Node(address)
    }
}
