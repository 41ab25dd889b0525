package import Bytes

/// The 32 bytes of a SHA-256 hash or an HMAC-SHA256 tag, held without an allocation.
///
/// Equality takes the same time wherever two digests differ.
public struct Digest: Sendable, Hashable {
    /// How many bytes a digest has.
    public static let byteCount = 32

    // Bytes 0 to 7 are the big-endian form of the first word, and so on.
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    /// All bytes zero: what a chain of digests begins with.
    public static let zero = Digest(0, 0, 0, 0)

    init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
        self.first = first
        self.second = second
        self.third = third
        self.fourth = fourth
    }

    /// The digest with these bytes, or nil unless there are 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Digest.byteCount else { return nil }
        let span = bytes.span.raw
        self.init(
            span.littleEndian64(at: 0).byteSwapped, span.littleEndian64(at: 8).byteSwapped,
            span.littleEndian64(at: 16).byteSwapped, span.littleEndian64(at: 24).byteSwapped)
    }

    /// The 32 bytes as an array of their own.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Digest.byteCount)
        append(to: &bytes)
        return bytes
    }

    /// Appends the 32 bytes to `bytes`.
    public func append(to bytes: inout [UInt8]) {
        for index in 0..<Digest.byteCount { bytes.append(self[index]) }
    }

    /// Appends the 32 bytes to `writer`.
    package func append(to writer: inout ByteWriter) {
        append(to: &writer.bytes)
    }

    /// The bytes where they need no allocation.
    var inline: InlineArray<4, UInt64> { [first.bigEndian, second.bigEndian, third.bigEndian, fourth.bigEndian] }

    /// The exclusive or of both, byte by byte.
    static func ^ (one: Digest, other: Digest) -> Digest {
        Digest(one.first ^ other.first, one.second ^ other.second, one.third ^ other.third, one.fourth ^ other.fourth)
    }

    /// The byte at `index`, 0 to 31.
    public subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < Digest.byteCount, "a digest has 32 bytes")
        let word =
            switch index &>> 3 {
            case 0: first
            case 1: second
            case 2: third
            default: fourth
            }
        return UInt8(truncatingIfNeeded: word &>> UInt64(56 &- (index & 7) &* 8))
    }

    /// The 64 lower-case hexadecimal digits as ASCII bytes.
    public var hexBytes: [UInt8] {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * Digest.byteCount)
        for index in 0..<Digest.byteCount {
            let byte = self[index]
            digits.append(ConstantTime.hexDigit(byte &>> 4))
            digits.append(ConstantTime.hexDigit(byte & 15))
        }
        return digits
    }

    /// The 64 lower-case hexadecimal digits.
    public var hex: String { String(decoding: hexBytes, as: UTF8.self) }

    /// Whether both digests are the same, in a time that does not depend on their bytes.
    @inline(never)
    public func isEqual(to other: Digest) -> Bool {
        (first ^ other.first) | (second ^ other.second) | (third ^ other.third) | (fourth ^ other.fourth) == 0
    }

    /// Whether `bytes` are this digest, in a time that depends on their count alone.
    public func isEqual(to bytes: [UInt8]) -> Bool {
        guard let other = Digest(bytes: bytes) else { return false }
        return isEqual(to: other)
    }

    /// Whether `text` spells this digest in hexadecimal of either case, in a time that depends on its count alone.
    public func isEqual(toHex text: ArraySlice<UInt8>) -> Bool {
        guard text.count == 2 * Digest.byteCount else { return false }
        var difference: UInt8 = 0
        var position = text.startIndex
        for index in 0..<Digest.byteCount {
            let byte = self[index]
            difference |= ConstantTime.hexDigit(byte &>> 4) ^ Digest.folded(text[position])
            difference |= ConstantTime.hexDigit(byte & 15) ^ Digest.folded(text[position &+ 1])
            position &+= 2
        }
        return difference == 0
    }

    /// Whether `text` spells this digest in hexadecimal of either case, in a time that depends on its count alone.
    public func isEqual(toHex text: [UInt8]) -> Bool { isEqual(toHex: text[...]) }

    /// Takes the same time wherever the two differ.
    public static func == (first: Digest, second: Digest) -> Bool { first.isEqual(to: second) }

    /// Letters become lower case; only bytes from "@" on can be letters, so digits and controls stay themselves.
    @inline(__always)
    private static func folded(_ character: UInt8) -> UInt8 { character | ((character & 0x40) &>> 1) }
}

extension Digest: CustomStringConvertible {
    public var description: String { hex }
}
