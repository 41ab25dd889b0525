import Bytes

/// Where a block is in its segment, and what it must hash to; kept in the block's parent.
struct BlockHandle: Equatable {
    static let byteCount = 20

    var offset: UInt64
    var byteCount: UInt32
    /// XXH64 of the block's bytes.
    var hash: UInt64

    func append(to writer: inout ByteWriter) {
        writer.appendLittleEndian(offset)
        writer.appendLittleEndian(byteCount)
        writer.appendLittleEndian(hash)
    }

    init(offset: UInt64, byteCount: UInt32, hash: UInt64) {
        self.offset = offset
        self.byteCount = byteCount
        self.hash = hash
    }

    /// Handle `index` of those in the value of `node`; nil when the value is not that long.
    @inline(__always)
    init?(_ node: Node, _ index: Int = 0) {
        let start = index * Self.byteCount
        let bytes = unsafe node.valueBytes
        guard bytes.count >= start + Self.byteCount else { return nil }
        offset = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
        byteCount = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt32.self))
        hash = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 12, as: UInt64.self))
    }
}
