/// SHA-256 (FIPS 180-4), absorbing bytes piece by piece.
///
/// A value: a copy continues from the same point independently, which is how a transcript hash is read midway.
public struct SHA256: Sendable {
    /// How many bytes one compression absorbs.
    public static let blockByteCount = 64

    private var state = State()
    private var block = InlineArray<64, UInt8>(repeating: 0)
    /// Bytes absorbed so far, those waiting in `block` included.
    private var byteCount: UInt64 = 0

    /// Nothing absorbed yet.
    public init() {}

    /// The hash of `bytes`, 32 bytes.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] { digest(of: bytes).bytes }

    /// The hash of `bytes`.
    public static func digest(of bytes: [UInt8]) -> Digest {
        var hash = SHA256()
        hash.update(bytes.span.raw)
        return hash.finalize()
    }

    /// Absorbs `bytes`.
    public mutating func update(_ bytes: [UInt8]) { update(bytes.span.raw) }

    /// Absorbs `bytes`.
    public mutating func update(_ bytes: ArraySlice<UInt8>) { update(bytes.span.raw) }

    /// Absorbs the UTF-8 of `text`.
    public mutating func update(_ text: String) { update(text.utf8.span.raw) }

    /// Absorbs the 32 bytes of `digest`.
    public mutating func update(_ digest: Digest) {
        let bytes = digest.inline
        update(bytes.span.raw)
    }

    /// Absorbs `bytes`.
    public mutating func update(_ bytes: RawSpan) {
        let count = bytes.byteCount
        let waiting = Int(truncatingIfNeeded: byteCount & 63)
        byteCount &+= UInt64(count)
        var offset = 0
        if waiting > 0 {
            let space = 64 &- waiting
            guard count >= space else { return copy(bytes, into: &block, at: waiting) }
            copy(bytes.extracting(0..<space), into: &block, at: waiting)
            SHA256.compress(&state, block.span.raw, from: 0, to: 64)
            offset = space
        }
        let end = offset &+ ((count &- offset) & ~63)
        SHA256.compress(&state, bytes, from: offset, to: end)
        if end < count { copy(bytes.extracting(end..<count), into: &block, at: 0) }
    }

    /// The hash of everything absorbed. The value itself may go on absorbing.
    public func finalize() -> Digest {
        var state = state
        var block = block
        // One bit, zeros, and the count of bits in the last eight bytes (section 5.1.1).
        var used = Int(truncatingIfNeeded: byteCount & 63)
        block[used] = 0x80
        used &+= 1
        if used > 56 {
            while used < 64 {
                block[used] = 0
                used &+= 1
            }
            SHA256.compress(&state, block.span.raw, from: 0, to: 64)
            used = 0
        }
        while used < 56 {
            block[used] = 0
            used &+= 1
        }
        let bitCount = byteCount &<< 3
        for index in 0..<8 {
            block[56 &+ index] = UInt8(truncatingIfNeeded: bitCount &>> UInt64(56 &- 8 &* index))
        }
        SHA256.compress(&state, block.span.raw, from: 0, to: 64)
        return state.digest
    }
}
