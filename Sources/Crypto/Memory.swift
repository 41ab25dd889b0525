/// Erasing what must not stay in memory.
public enum Memory {
    /// Overwrites `bytes` with zeros where they are, if no other variable shares the array's storage; otherwise
    /// only this variable's copy is zeros.
    public static func wipe(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { unsafe wipe($0) }
    }

    /// Overwrites `words` with zeros.
    static func wipe(_ words: inout [UInt32]) {
        unsafe words.withUnsafeMutableBytes { unsafe wipe($0) }
    }

    /// Overwrites `words` with zeros, as the bytes of an array.
    static func wipe(_ words: inout [UInt64]) {
        unsafe words.withUnsafeMutableBytes { unsafe wipe($0) }
    }

    /// Overwrites `bytes` with zeros.
    static func wipe<let count: Int>(_ bytes: inout InlineArray<count, UInt8>) {
        unsafe withUnsafeMutableBytes(of: &bytes) { unsafe wipe($0) }
    }

    /// Overwrites `words` with zeros.
    static func wipe<let count: Int>(_ words: inout InlineArray<count, UInt32>) {
        unsafe withUnsafeMutableBytes(of: &words) { unsafe wipe($0) }
    }

    /// Overwrites `words` with zeros.
    static func wipe<let count: Int>(_ words: inout InlineArray<count, UInt64>) {
        unsafe withUnsafeMutableBytes(of: &words) { unsafe wipe($0) }
    }

    /// Overwrites `buffer` with zeros. Neither inlined nor optimised, or the compiler could see that nobody reads
    /// the memory again and leave the stores out.
    @inline(never)
    @_optimize(none)
    static func wipe(_ buffer: UnsafeMutableRawBufferPointer) {
        // Sound: every store is within the buffer; whole words first, unaligned stores are allowed.
        var offset = 0
        while offset &+ 8 <= buffer.count {
            unsafe buffer.storeBytes(of: 0, toByteOffset: offset, as: UInt64.self)
            offset &+= 8
        }
        while offset < buffer.count {
            unsafe buffer.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
            offset &+= 1
        }
    }
}
