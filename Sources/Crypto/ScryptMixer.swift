/// scryptROMix (RFC 7914 section 5) and the memory it works in, zeroed at the end.
@safe
struct ScryptMixer: ~Copyable {
    /// N.
    private let cost: Int
    /// The words of one block: 32 * r.
    private let wordCount: Int
    /// N blocks that were seen, then the current block, then the next one.
    private let memory: UnsafeMutablePointer<UInt32>

    /// Takes 128 * r * (N + 2) bytes; `parameters` are acceptable.
    init(_ parameters: Scrypt.Parameters) {
        cost = 1 << parameters.costLog2
        wordCount = 32 * parameters.blockSize
        unsafe memory = UnsafeMutablePointer<UInt32>.allocate(capacity: wordCount * (cost + 2))
        unsafe memory.initialize(repeating: 0, count: wordCount * (cost + 2))
    }

    deinit {
        unsafe Memory.wipe(
            UnsafeMutableRawBufferPointer(start: memory, count: 4 * wordCount * (cost + 2)))
        unsafe memory.deallocate()
    }

    /// Mixes the 128 * r bytes of `bytes` from `offset` on, in place.
    mutating func mix(_ bytes: inout [UInt8], at offset: Int) {
        precondition(offset >= 0 && bytes.count - offset >= 4 * wordCount, "the block lies outside the bytes")
        // Sound: every pointer is to one of the N + 2 blocks of `memory`, and every access stays within its block.
        let current = unsafe memory + wordCount * cost
        let next = unsafe current + wordCount
        for index in 0..<wordCount {
            unsafe current[index] = bytes.span.raw.littleEndian32(at: offset &+ 4 &* index)
        }
        for step in 0..<cost {
            let seen = unsafe memory + wordCount &* step
            unsafe seen.update(from: current, count: wordCount)
            unsafe mixBlock(seen, into: current)
        }
        for _ in 0..<cost {
            // Integerify: which block comes next depends on the password by design; that is what makes scrypt need
            // its memory.
            let choice = unsafe Int(truncatingIfNeeded: current[wordCount &- 16]) & (cost &- 1)
            let seen = unsafe memory + wordCount &* choice
            for index in 0..<wordCount { unsafe next[index] = current[index] ^ seen[index] }
            unsafe mixBlock(next, into: current)
        }
        for index in 0..<wordCount {
            let word = unsafe current[index]
            for byte in 0..<4 {
                bytes[offset &+ 4 &* index &+ byte] = UInt8(truncatingIfNeeded: word &>> UInt32(8 &* byte))
            }
        }
    }

    /// scryptBlockMix (section 4): even results go to the first half of `target`, odd ones to the second.
    private func mixBlock(_ source: UnsafeMutablePointer<UInt32>, into target: UnsafeMutablePointer<UInt32>) {
        var chain = InlineArray<16, UInt32>(repeating: 0)
        let half = wordCount &>> 1
        // Sound: both blocks have `wordCount` words, which is a multiple of 32; they do not overlap.
        for index in 0..<16 { unsafe chain[index] = source[wordCount &- 16 &+ index] }
        var offset = 0
        while offset < wordCount {
            for index in 0..<16 { unsafe chain[index] ^= source[offset &+ index] }
            Salsa20.core8(&chain)
            let place = (offset &>> 5) &* 16 &+ ((offset & 16) == 0 ? 0 : half)
            for index in 0..<16 { unsafe target[place &+ index] = chain[index] }
            offset &+= 16
        }
    }
}
