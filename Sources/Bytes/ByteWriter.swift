/// Bytes being built: an append-only array with the integer and text forms that files and protocols use.
@frozen @usableFromInline
package struct ByteWriter: Sendable {
    /// What was written so far.
    @usableFromInline package var bytes: [UInt8]

    /// An empty writer with room for `capacity` bytes before it grows.
    @inlinable package init(capacity: Int = 0) {
        bytes = []
        if capacity > 0 { bytes.reserveCapacity(capacity) }
    }

    @inlinable package var count: Int { bytes.count }

    @inlinable package mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    @inlinable package mutating func append(_ more: [UInt8]) {
        bytes.append(contentsOf: more)
    }

    @inlinable package mutating func append(_ more: ArraySlice<UInt8>) {
        bytes.append(contentsOf: more)
    }

    /// Appends the UTF-8 of `text`; a literal without interpolation takes the other way, below.
    @_disfavoredOverload
    @inlinable package mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends the UTF-8 of a literal, without making a `String` of it.
    @inlinable package mutating func append(_ literal: StaticString) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Appends `value` most significant byte first.
    @inlinable package mutating func appendBigEndian<Value: FixedWidthInteger>(_ value: Value) {
        var shift = Value.bitWidth - 8
        while shift >= 0 {
            bytes.append(UInt8(truncatingIfNeeded: value &>> Value(truncatingIfNeeded: shift)))
            shift -= 8
        }
    }

    /// Appends `value` least significant byte first.
    @inlinable package mutating func appendLittleEndian<Value: FixedWidthInteger>(_ value: Value) {
        var shift = 0
        while shift < Value.bitWidth {
            bytes.append(UInt8(truncatingIfNeeded: value &>> Value(truncatingIfNeeded: shift)))
            shift += 8
        }
    }

    /// Appends `value` in LEB128: seven bits a byte, least significant first, 1 to 10 bytes.
    @inlinable package mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a byte count as a varint, then the bytes.
    @inlinable package mutating func appendLengthPrefixed(_ more: [UInt8]) {
        appendVarint(UInt64(more.count))
        bytes.append(contentsOf: more)
    }

    /// Appends a UTF-8 byte count as a varint, then the text.
    @inlinable package mutating func appendLengthPrefixed(_ text: String) {
        let utf8 = text.utf8
        appendVarint(UInt64(utf8.count))
        bytes.append(contentsOf: utf8)
    }
}
