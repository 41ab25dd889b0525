/// The bytes ended, or broke the format, before the value was complete.
@usableFromInline
package struct Truncated: Error, Equatable {
    @inlinable package init() {}
}

/// A cursor over bytes that come from a file or a peer: every read is bounded, none traps.
@frozen @usableFromInline
package struct ByteReader: Sendable {
    @usableFromInline let bytes: [UInt8]
    /// The index of the next byte to read.
    @usableFromInline package internal(set) var position: Int
    @usableFromInline let end: Int

    /// Reads `bytes` from the beginning.
    @inlinable package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    /// Reads `range` of `bytes`, which must lie within them.
    @inlinable package init(_ bytes: [UInt8], in range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "range outside the bytes")
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    @inlinable package var remaining: Int { end - position }
    @inlinable package var isAtEnd: Bool { position == end }

    @inlinable package mutating func byte() throws(Truncated) -> UInt8 {
        guard position < end else { throw Truncated() }
        defer { position += 1 }
        return bytes[position]
    }

    @inlinable package mutating func take(_ count: Int) throws(Truncated) -> [UInt8] {
        guard count >= 0, count <= end - position else { throw Truncated() }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    @inlinable package mutating func skip(_ count: Int) throws(Truncated) {
        guard count >= 0, count <= end - position else { throw Truncated() }
        position += count
    }

    /// A reader over the next `count` bytes, which this one then skips.
    @inlinable package mutating func nested(_ count: Int) throws(Truncated) -> ByteReader {
        guard count >= 0, count <= end - position else { throw Truncated() }
        defer { position += count }
        return ByteReader(bytes, in: position..<position + count)
    }

    @inlinable package mutating func bigEndian<Value: FixedWidthInteger>(_: Value.Type) throws(Truncated) -> Value {
        let count = Value.bitWidth / 8
        guard count <= end - position else { throw Truncated() }
        var value: Value = 0
        for offset in 0..<count {
            value = (value << 8) | Value(truncatingIfNeeded: bytes[position + offset])
        }
        position += count
        return value
    }

    @inlinable package mutating func littleEndian<Value: FixedWidthInteger>(_: Value.Type) throws(Truncated) -> Value {
        let count = Value.bitWidth / 8
        guard count <= end - position else { throw Truncated() }
        var value: Value = 0
        for offset in stride(from: count - 1, through: 0, by: -1) {
            value = (value << 8) | Value(truncatingIfNeeded: bytes[position + offset])
        }
        position += count
        return value
    }

    /// A LEB128 integer of at most 64 bits.
    @inlinable package mutating func varint() throws(Truncated) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 63 || (shift == 63 && next <= 1) else { throw Truncated() }
            value |= UInt64(next & 0x7f) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    /// A varint that counts bytes and must not pass the end.
    @inlinable package mutating func count() throws(Truncated) -> Int {
        let value = try varint()
        guard value <= UInt64(end - position) else { throw Truncated() }
        return Int(value)
    }

    @inlinable package mutating func lengthPrefixed() throws(Truncated) -> [UInt8] {
        let length = try count()
        return try take(length)
    }

    /// A byte count, then that much UTF-8; anything that is not UTF-8 throws.
    @inlinable package mutating func lengthPrefixedText() throws(Truncated) -> String {
        let length = try count()
        defer { position += length }
        do {
            return String(copying: try UTF8Span(validating: bytes.span.extracting(position..<position + length)))
        } catch {
            throw Truncated()
        }
    }

    /// Everything that is left.
    @inlinable package mutating func rest() -> [UInt8] {
        defer { position = end }
        return Array(bytes[position..<end])
    }
}
