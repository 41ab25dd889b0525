/// Decrypted bytes between the records and their reader.
struct PlaintextQueue {
    private var bytes: [UInt8] = []
    private var head = 0

    var count: Int { bytes.count - head }

    mutating func append(_ more: ArraySlice<UInt8>) {
        if head == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            head = 0
        }
        bytes.append(contentsOf: more)
    }

    /// Moves at most `limit` bytes behind what `target` holds; an emptied queue holds no memory.
    mutating func take(into target: inout [UInt8], limit: Int) -> Int {
        let taken = max(0, min(limit, count))
        guard taken > 0 else { return 0 }
        if head == 0, taken == count, target.isEmpty {
            target = bytes
        } else {
            target.append(contentsOf: bytes[head..<head + taken])
        }
        head += taken
        if head == bytes.count {
            bytes = []
            head = 0
        }
        return taken
    }
}
