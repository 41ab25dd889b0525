/// The ChaCha20 stream cipher (RFC 8439 section 2.4) under one key and nonce.
public struct ChaCha20: Sendable {
    /// How many bytes a key has.
    public static let keyByteCount = 32
    /// How many bytes a nonce has.
    public static let nonceByteCount = 12

    /// The initial state with a block counter of zero: constants, key, counter, nonce.
    private let initial: InlineArray<16, UInt32>

    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - nonce: 12 bytes, never used before with this key.
    public init(key: [UInt8], nonce: [UInt8]) { self.init(key: key.span.raw, nonce: nonce.span.raw) }

    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - nonce: 12 bytes, never used before with this key.
    public init(key: RawSpan, nonce: RawSpan) {
        precondition(nonce.byteCount == ChaCha20.nonceByteCount, "a ChaCha20 nonce has 12 bytes")
        var state = ChaCha20.keyed(key)
        for index in 0..<3 { state[13 &+ index] = nonce.littleEndian32(at: 4 &* index) }
        initial = state
    }

    /// Adds the key stream to `range` of `bytes`, which encrypts and decrypts alike.
    ///
    /// - Parameter counter: The number of the 64-byte block that begins at the range's lower bound. The counter
    ///   must not pass 2^32 - 1 within the range.
    public func apply(to bytes: inout [UInt8], in range: Range<Int>, counter: UInt32 = 0) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "range outside the bytes")
        precondition(range.count <= (1 << 32 - Int(counter)) * 64, "the block counter would wrap")
        var counter = counter
        // Sound: the range lies within the array, and each step covers only what is left of it.
        unsafe bytes.withUnsafeMutableBytes { buffer in
            var rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[range])
            while rest.count >= 256 {
                unsafe addFour(counter: counter, to: rest)
                counter &+= 4
                unsafe rest = UnsafeMutableRawBufferPointer(rebasing: rest[256...])
            }
            while rest.count > 0 {
                let step = min(64, rest.count)
                unsafe add(block(counter), to: UnsafeMutableRawBufferPointer(rebasing: rest[..<step]))
                counter &+= 1
                unsafe rest = UnsafeMutableRawBufferPointer(rebasing: rest[step...])
            }
        }
    }

    /// The first `count` bytes of the key stream from block `counter` on.
    public func keyStream(_ count: Int, counter: UInt32 = 0) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        apply(to: &bytes, in: 0..<count, counter: counter)
        return bytes
    }

    /// Word `index` of the initial state.
    @inline(__always)
    func word(_ index: Int) -> UInt32 { initial[index] }

    /// The block function (section 2.3): sixteen words of key stream, each to be read as little-endian bytes.
    func block(_ counter: UInt32) -> InlineArray<16, UInt32> {
        var state = initial
        state[12] = counter
        var result = state
        ChaCha20.permute(&result)
        for index in 0..<16 { result[index] = (result[index] &+ state[index]).littleEndian }
        return result
    }

    /// HChaCha20 (draft-irtf-cfrg-xchacha section 2.2): a key of eight words out of a key of 32 and a nonce of 16
    /// bytes.
    static func subkey(key: RawSpan, nonce: RawSpan) -> InlineArray<8, UInt32> {
        precondition(nonce.byteCount == 16, "HChaCha20 takes a nonce of 16 bytes")
        var state = keyed(key)
        for index in 0..<4 { state[12 &+ index] = nonce.littleEndian32(at: 4 &* index) }
        permute(&state)
        var subkey = InlineArray<8, UInt32>(repeating: 0)
        for index in 0..<4 {
            subkey[index] = state[index].littleEndian
            subkey[4 &+ index] = state[12 &+ index].littleEndian
        }
        Memory.wipe(&state)
        return subkey
    }

    private static func keyed(_ key: RawSpan) -> InlineArray<16, UInt32> {
        precondition(key.byteCount == keyByteCount, "a ChaCha20 key has 32 bytes")
        var state = InlineArray<16, UInt32>(repeating: 0)
        state[0] = 0x6170_7865
        state[1] = 0x3320_646e
        state[2] = 0x7962_2d32
        state[3] = 0x6b20_6574
        for index in 0..<8 { state[4 &+ index] = key.littleEndian32(at: 4 &* index) }
        return state
    }

    /// Adds one block of key stream to at most 64 bytes.
    private func add(_ stream: InlineArray<16, UInt32>, to target: UnsafeMutableRawBufferPointer) {
        let stream = stream
        let bytes = stream.span.raw
        var offset = 0
        // Sound: no access passes the target's count, and unaligned words are allowed.
        while offset &+ 8 <= target.count {
            let word = unsafe target.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            unsafe target.storeBytes(
                of: word ^ bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self), toByteOffset: offset,
                as: UInt64.self)
            offset &+= 8
        }
        while offset < target.count {
            unsafe target[offset] ^= bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            offset &+= 1
        }
    }
}

extension ChaCha20: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
