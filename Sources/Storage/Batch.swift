import Bytes

/// The payload of a batch frame: transactions, one behind the other.
///
/// A transaction is its time (8 bytes, little-endian milliseconds), a varint count of entries, and the entries: a varint
/// (key byte count << 1 | is deletion), the raw key, and for a value a varint byte count and the bytes.
enum Batch {
    /// Appends the newest entry of each key of `writes`, and hands each to `insert`.
    static func encode(
        _ writes: Memtable, milliseconds: Int64, to writer: inout ByteWriter, _ insert: (Node) -> Void
    ) {
        writer.appendLittleEndian(milliseconds)
        var count: UInt64 = 0
        forEachNewest(writes) { _ in count += 1 }
        writer.appendVarint(count)
        forEachNewest(writes) { node in
            writer.appendVarint(UInt64(node.keyByteCount) << 1 | (node.isDeletion ? 1 : 0))
            unsafe writer.bytes.append(contentsOf: node.keyBytes)
            if !node.isDeletion {
                writer.appendVarint(UInt64(node.valueByteCount))
                unsafe writer.bytes.append(contentsOf: node.valueBytes)
            }
            insert(node)
        }
    }

    private static func forEachNewest(_ writes: Memtable, _ body: (Node) -> Void) {
        var previous: Node?
        var current = writes.first
        while let node = current {
            if previous.map({ node.compare($0.words) != 0 }) ?? true { body(node) }
            previous = node
            current = node.next(at: 0)
        }
    }

    /// Reads the transactions of `payload`, whose first has `firstNumber`.
    /// - Returns: the number behind the last one, and the last one's time.
    static func decode(
        _ payload: [UInt8], firstNumber: UInt64, _ insert: (RawKey, UInt64, [UInt8]?) -> Void
    ) throws(Truncated) -> (nextNumber: UInt64, milliseconds: Int64) {
        var reader = ByteReader(payload)
        var number = firstNumber
        var milliseconds: Int64 = 0
        while !reader.isAtEnd {
            milliseconds = try reader.littleEndian(Int64.self)
            let count = try reader.varint()
            for _ in 0..<count {
                let head = try reader.varint()
                guard head >> 1 <= UInt64(Key.maxByteCount) else { throw Truncated() }
                let key = RawKey(try reader.take(Int(head >> 1)))
                insert(key, number, head & 1 == 1 ? nil : try reader.lengthPrefixed())
            }
            number &+= 1
        }
        return (number, milliseconds)
    }
}
