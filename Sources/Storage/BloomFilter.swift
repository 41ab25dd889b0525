import Synchronization

/// Answers "surely not here" with one cache miss: all bits of a key lie in one block of 64 bytes.
///
/// One writer, readers without a lock: a reader that was told of a number sees the bits of its keys, because they were
/// set before the number was published.
@safe final class BloomFilter: @unchecked Sendable {
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    private let blockMask: UInt64

    /// - Parameter byteCount: a power of two, at least 64. 10 bits a key give about 1 % false answers.
    init(byteCount: Int) {
        precondition(byteCount >= 64 && byteCount & (byteCount - 1) == 0, "not a power of two")
        let count = byteCount / 8
        let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        unsafe words = memory.bindMemory(to: Atomic<UInt64>.self, capacity: count)
        blockMask = UInt64(byteCount / 64 - 1)
    }

    deinit {
        unsafe words.deallocate()
    }

    func insert(_ hash: UInt64) {
        let block = Int((hash >> 40) & blockMask) * 8
        var rest = hash
        for _ in 0..<4 {
            let word = block + Int(rest & 7)
            let bit: UInt64 = 1 << ((rest >> 3) & 63)
            let old = unsafe words[word].load(ordering: .relaxed)
            unsafe words[word].store(old | bit, ordering: .relaxed)
            rest >>= 9
        }
    }

    func mayContain(_ hash: UInt64) -> Bool {
        let block = Int((hash >> 40) & blockMask) * 8
        var rest = hash
        for _ in 0..<4 {
            let word = block + Int(rest & 7)
            if unsafe words[word].load(ordering: .relaxed) & (1 << ((rest >> 3) & 63)) == 0 { return false }
            rest >>= 9
        }
        return true
    }
}
