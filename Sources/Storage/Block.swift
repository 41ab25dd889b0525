import Bytes

/// A block of a segment in memory, unpacked: entries in the same form as in a memtable, and where each begins.
///
/// Unchecked: nothing changes after `init`.
@safe final class Block: CachedBlock, @unchecked Sendable {
    private let memory: UnsafeMutableRawPointer
    private let nodesStart: Int
    let count: Int

    static func nodeByteCount(keyByteCount: Int, valueByteCount: Int) -> Int {
        Node.headByteCount + (keyByteCount + 7) & ~7 + (valueByteCount + 7) & ~7
    }

    /// Unpacks `bytes`.
    /// - Throws: when they are no block: every count is checked, whatever the checksum said.
    init(_ bytes: [UInt8]) throws(Truncated) {
        var reader = ByteReader(bytes)
        let count = Int(try reader.littleEndian(UInt32.self))
        let nodesByteCount = Int(try reader.littleEndian(UInt32.self))
        // Each entry takes at least four bytes, and each byte of the block at most a key's worth of memory.
        guard count <= bytes.count / 4,
            nodesByteCount <= count * (Node.headByteCount + Key.maxByteCount + 16) + bytes.count
        else { throw Truncated() }
        let nodesStart = (count * 4 + 7) & ~7
        let memory = UnsafeMutableRawPointer.allocate(byteCount: nodesStart + nodesByteCount + 8, alignment: 8)
        let isComplete = unsafe bytes.withUnsafeBytes {
            unsafe Self.unpack($0, count, memory, nodesStart, nodesByteCount)
        }
        guard isComplete else {
            unsafe memory.deallocate()
            throw Truncated()
        }
        unsafe self.memory = memory
        self.nodesStart = nodesStart
        self.count = count
        super.init(memoryByteCount: nodesStart + nodesByteCount + 96)
    }

    deinit {
        unsafe memory.deallocate()
    }

    /// Every read below is guarded by the count of bytes, every write by `nodesByteCount`.
    private static func unpack(
        _ bytes: UnsafeRawBufferPointer, _ count: Int, _ memory: UnsafeMutableRawPointer, _ nodesStart: Int,
        _ nodesByteCount: Int
    ) -> Bool {
        var position = 8
        var written = 0
        var previousKey = 0
        var previousCount = 0
        func varint() -> UInt64? {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while position < bytes.count, shift < 64 {
                let byte = unsafe bytes[position]
                position += 1
                value |= UInt64(byte & 0x7f) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            return nil
        }
        for index in 0..<count {
            guard let shared = varint(), let rest = varint(), let mark = varint(), let number = varint(),
                shared <= UInt64(previousCount), rest <= UInt64(Key.maxByteCount), mark <= UInt64(UInt32.max)
            else { return false }
            let keyByteCount = Int(shared) + Int(rest)
            let valueByteCount = mark == 0 ? 0 : Int(mark) - 1
            let size = nodeByteCount(keyByteCount: keyByteCount, valueByteCount: valueByteCount)
            guard keyByteCount <= Key.maxByteCount, Int(rest) + valueByteCount <= bytes.count - position,
                size <= nodesByteCount - written, let source = bytes.baseAddress
            else { return false }
            let node = unsafe memory + nodesStart + written
            unsafe memory.storeBytes(of: UInt32(nodesStart + written), toByteOffset: index * 4, as: UInt32.self)
            unsafe node.storeBytes(of: number, as: UInt64.self)
            unsafe node.storeBytes(of: UInt32(keyByteCount), toByteOffset: 8, as: UInt32.self)
            unsafe node.storeBytes(
                of: mark == 0 ? Node.deletedMark : UInt32(valueByteCount), toByteOffset: 12, as: UInt32.self)
            let key = unsafe node + Node.headByteCount
            let padded = (keyByteCount + 7) & ~7
            if padded > 0 { unsafe key.storeBytes(of: 0, toByteOffset: padded - 8, as: UInt64.self) }
            if shared > 0 { unsafe key.copyMemory(from: memory + previousKey, byteCount: Int(shared)) }
            if rest > 0 { unsafe (key + Int(shared)).copyMemory(from: source + position, byteCount: Int(rest)) }
            position += Int(rest)
            if valueByteCount > 0 {
                unsafe (key + padded).copyMemory(from: source + position, byteCount: valueByteCount)
                position += valueByteCount
            }
            previousKey = nodesStart + written + Node.headByteCount
            previousCount = keyByteCount
            written += size
        }
        return position == bytes.count && written == nodesByteCount
    }

    /// Entry `index`, below `count`; valid as long as this block.
    @inline(__always)
    func node(_ index: Int) -> Node {
        precondition(index >= 0 && index < count, "entry \(index) of \(count)")
        let offset = unsafe memory.load(fromByteOffset: index * 4, as: UInt32.self)
        return unsafe Node(memory + Int(offset))
    }

    /// The first entry whose key is not below `key`; `count` when there is none.
    func lowerBound(_ key: KeyWords) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if node(middle).compare(key) < 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
