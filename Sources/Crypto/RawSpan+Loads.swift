extension RawSpan {
    // The loads are sound for any offset whose last byte lies within the span: an integer has no invalid bit
    // pattern, and the standard library checks the bounds and accepts any alignment.

    /// The big-endian 32-bit word at `offset`; traps outside the span.
    @inline(__always)
    func bigEndian32(at offset: Int) -> UInt32 {
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self).bigEndian
    }

    /// The big-endian 32-bit word at `offset`, for a caller that has checked the whole block to lie in the span.
    @inline(__always)
    func uncheckedBigEndian32(at offset: Int) -> UInt32 {
        unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self).bigEndian
    }

    /// The big-endian 64-bit word at `offset`; traps outside the span.
    @inline(__always)
    func bigEndian64(at offset: Int) -> UInt64 {
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self).bigEndian
    }

    /// The big-endian 64-bit word at `offset`, for a caller that has checked the whole block to lie in the span.
    @inline(__always)
    func uncheckedBigEndian64(at offset: Int) -> UInt64 {
        unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self).bigEndian
    }

    /// The little-endian 32-bit word at `offset`; traps outside the span.
    @inline(__always)
    func littleEndian32(at offset: Int) -> UInt32 {
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self).littleEndian
    }

    /// The little-endian 64-bit word at `offset`; traps outside the span.
    @inline(__always)
    func littleEndian64(at offset: Int) -> UInt64 {
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
    }
}

/// Copies all of `source` into the memory of `destination`, which is plain bytes, from `offset` on.
///
/// Traps when `source` does not fit.
@inline(__always)
func copy<let count: Int>(_ source: RawSpan, into destination: inout InlineArray<count, UInt8>, at offset: Int) {
    precondition(offset >= 0 && source.byteCount <= count - offset, "the source does not fit")
    // Sound: an inline array of bytes is exactly its elements, and the range was checked above.
    unsafe withUnsafeMutableBytes(of: &destination) { target in
        unsafe source.withUnsafeBytes { bytes in
            unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset..<(offset &+ bytes.count)])
                .copyMemory(from: bytes)
        }
    }
}
