import Bytes

/// Reading in the presentation language (RFC 8446 section 3); what is too short is a decode_error.
extension ByteReader {
    mutating func uint8(_ what: StaticString) throws(TLSError) -> UInt8 {
        do { return try byte() } catch { throw .decode("\(what)") }
    }

    mutating func uint16(_ what: StaticString) throws(TLSError) -> UInt16 {
        do { return try bigEndian(UInt16.self) } catch { throw .decode("\(what)") }
    }

    mutating func uint24(_ what: StaticString) throws(TLSError) -> Int {
        let high = try uint8(what)
        return try Int(high) << 16 | Int(uint16(what))
    }

    mutating func uint32(_ what: StaticString) throws(TLSError) -> UInt32 {
        do { return try bigEndian(UInt32.self) } catch { throw .decode("\(what)") }
    }

    mutating func opaque(_ count: Int, _ what: StaticString) throws(TLSError) -> [UInt8] {
        do { return try take(count) } catch { throw .decode("\(what)") }
    }

    /// The bytes behind a length of one byte.
    mutating func opaque8(_ what: StaticString, in counts: ClosedRange<Int> = 0...255) throws(TLSError) -> [UInt8] {
        let count = Int(try uint8(what))
        guard counts.contains(count) else { throw .decode("\(what)") }
        return try opaque(count, what)
    }

    /// The bytes behind a length of two bytes, of which there must be at least `minimum`.
    mutating func opaque16(_ what: StaticString, minimum: Int = 0) throws(TLSError) -> [UInt8] {
        let count = Int(try uint16(what))
        guard count >= minimum else { throw .decode("\(what)") }
        return try opaque(count, what)
    }

    /// A reader over what lies behind a length of one byte.
    mutating func vector8(_ what: StaticString) throws(TLSError) -> ByteReader {
        try vector(Int(uint8(what)), what)
    }

    /// A reader over what lies behind a length of two bytes.
    mutating func vector16(_ what: StaticString) throws(TLSError) -> ByteReader {
        try vector(Int(uint16(what)), what)
    }

    /// A reader over what lies behind a length of three bytes.
    mutating func vector24(_ what: StaticString) throws(TLSError) -> ByteReader {
        try vector(uint24(what), what)
    }

    private mutating func vector(_ count: Int, _ what: StaticString) throws(TLSError) -> ByteReader {
        do { return try nested(count) } catch { throw .decode("\(what)") }
    }

    /// All numbers of two bytes that are left; at least one, and no half one.
    mutating func uint16s(_ what: StaticString) throws(TLSError) -> [UInt16] {
        guard remaining >= 2, remaining.isMultiple(of: 2) else { throw .decode("\(what)") }
        var values: [UInt16] = []
        values.reserveCapacity(remaining / 2)
        while !isAtEnd { values.append(try uint16(what)) }
        return values
    }

    /// RFC 8446 section 3.4 and 4.2: nothing may follow the last field.
    func expectEnd(_ what: StaticString) throws(TLSError) {
        guard isAtEnd else { throw .decode("\(what)") }
    }
}
