/// Memory that only grows and never moves. Readers may hold addresses in it for as long as its owner lives.
@safe struct Arena: ~Copyable {
    private var chunks: [UnsafeMutableRawPointer] = unsafe []
    private var chunkByteCounts: [Int] = []
    private var next: UnsafeMutableRawPointer?
    private var remaining = 0
    /// Bytes of all chunks.
    private(set) var byteCount = 0
    private let firstChunkByteCount: Int

    init(firstChunkByteCount: Int) {
        self.firstChunkByteCount = firstChunkByteCount
    }

    deinit {
        for index in chunkByteCounts.indices { unsafe chunks[index].deallocate() }
    }

    /// `count` bytes, aligned to 8, uninitialized.
    mutating func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        let rounded = (count + 7) & ~7
        if rounded <= remaining, let result = unsafe next {
            unsafe next = result + rounded
            remaining -= rounded
            return unsafe result
        }
        // Chunks double up to 1 MiB; an entry that is larger has one of its own.
        let size = max(rounded, min(max(byteCount, firstChunkByteCount), 1 << 20))
        let chunk = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
        unsafe chunks.append(chunk)
        chunkByteCounts.append(size)
        byteCount += size
        if size - rounded >= remaining {
            unsafe next = unsafe chunk + rounded
            remaining = size - rounded
        }
        return unsafe chunk
    }

    /// Forgets everything allocated; only the first chunk is kept. Nobody may hold an address.
    mutating func reset() {
        guard let first = unsafe chunks.first else { return }
        for index in 1..<max(1, chunkByteCounts.count) { unsafe chunks[index].deallocate() }
        unsafe chunks.removeLast(chunkByteCounts.count - 1)
        chunkByteCounts.removeLast(chunkByteCounts.count - 1)
        byteCount = chunkByteCounts[0]
        unsafe next = first
        remaining = byteCount
    }
}
