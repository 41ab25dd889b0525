/// The result of any of the hashes, 20 to 64 bytes, held without an allocation.
///
/// Equality takes the same time wherever two values of one length differ.
public struct HashValue: Sendable, Equatable {
    /// The words as they lie in memory; bytes past `byteCount` are zero.
    private var words: InlineArray<8, UInt64>
    /// How many bytes there are.
    public let byteCount: Int

    /// Up to eight words of which each gives its bytes most significant first.
    init(bigEndian words: InlineArray<8, UInt64>, byteCount: Int) {
        var words = words
        for index in 0..<8 { words[index] = words[index].bigEndian }
        self.words = words
        self.byteCount = byteCount
    }

    /// The same bytes as `digest`.
    init(_ digest: Digest) {
        let inline = digest.inline
        words = [inline[0], inline[1], inline[2], inline[3], 0, 0, 0, 0]
        byteCount = Digest.byteCount
    }

    /// The bytes, to be read while the value is borrowed.
    public var span: RawSpan {
        @_lifetime(borrow self)
        get { words.span.raw.extracting(0..<byteCount) }
    }

    /// The bytes as an array of their own.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    /// Appends the bytes to `bytes`.
    public func append(to bytes: inout [UInt8]) {
        unsafe span.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    /// Overwrites the bytes with zeros.
    public mutating func wipe() { Memory.wipe(&words) }

    /// Changes every byte to its exclusive or with that of `other`.
    mutating func combine(_ other: HashValue) {
        for index in 0..<8 { words[index] ^= other.words[index] }
    }

    /// Whether both are the same bytes, in a time that depends on their counts alone.
    @inline(never)
    public func isEqual(to other: HashValue) -> Bool {
        var difference = UInt64(truncatingIfNeeded: byteCount ^ other.byteCount)
        for index in 0..<8 { difference |= words[index] ^ other.words[index] }
        return difference == 0
    }

    /// Whether `bytes` are this value, in a time that depends on their count alone.
    public func isEqual(to bytes: [UInt8]) -> Bool { ConstantTime.isEqual(span, bytes.span.raw) }

    public static func == (first: HashValue, second: HashValue) -> Bool { first.isEqual(to: second) }
}
