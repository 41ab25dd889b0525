/// What the block cache holds.
class CachedBlock: @unchecked Sendable {
    /// Bytes of memory it takes.
    let memoryByteCount: Int

    init(memoryByteCount: Int) {
        self.memoryByteCount = memoryByteCount
    }
}
