import Bytes

/// Collects ascending entries into a prefix-compressed block.
struct BlockBuilder {
    private static let headByteCount = 8

    private var writer = ByteWriter(capacity: SegmentFormat.blockByteCount + 512)
    private(set) var count = 0
    private var nodesByteCount = 0
    /// The last key added; empty when there is none.
    private(set) var lastKey: [UInt8] = []

    init() {
        reset()
    }

    var isEmpty: Bool { count == 0 }
    var byteCount: Int { writer.count }

    /// Whether another entry with so many bytes surely fits into a block of `limit` bytes.
    func hasRoom(keyByteCount: Int, valueByteCount: Int, limit: Int) -> Bool {
        writer.count + keyByteCount + valueByteCount + 16 <= limit
    }

    /// - Parameter value: nil for a deletion.
    mutating func add(
        key: UnsafeRawBufferPointer, number: UInt64, value: UnsafeRawBufferPointer?
    ) {
        var shared = 0
        let common = min(lastKey.count, key.count)
        while shared < common, unsafe lastKey[shared] == key[shared] { shared += 1 }
        let valueByteCount = unsafe value?.count ?? 0
        writer.appendVarint(UInt64(shared))
        writer.appendVarint(UInt64(key.count - shared))
        unsafe writer.appendVarint(value == nil ? 0 : UInt64(valueByteCount) + 1)
        writer.appendVarint(number)
        unsafe writer.bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: key[shared...]))
        if let value = unsafe value { unsafe writer.bytes.append(contentsOf: value) }
        nodesByteCount += Block.nodeByteCount(keyByteCount: key.count, valueByteCount: valueByteCount)
        lastKey.removeSubrange(shared...)
        unsafe lastKey.append(contentsOf: UnsafeRawBufferPointer(rebasing: key[shared...]))
        count += 1
    }

    mutating func add(key: [UInt8], value: [UInt8]) {
        unsafe key.withUnsafeBytes { key in
            unsafe value.withUnsafeBytes { unsafe add(key: key, number: 0, value: $0) }
        }
    }

    /// The block; the builder is empty then.
    mutating func finish() -> [UInt8] {
        var bytes = writer.bytes
        for index in 0..<4 {
            bytes[index] = UInt8(truncatingIfNeeded: count >> (8 * index))
            bytes[4 + index] = UInt8(truncatingIfNeeded: nodesByteCount >> (8 * index))
        }
        reset()
        return bytes
    }

    private mutating func reset() {
        writer.bytes.removeAll(keepingCapacity: true)
        writer.append([UInt8](repeating: 0, count: Self.headByteCount))
        count = 0
        nodesByteCount = 0
        lastKey.removeAll(keepingCapacity: true)
    }
}
