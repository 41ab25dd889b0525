/// DER being written, element by element.
package struct DERWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Appends bytes that are whole elements already.
    package mutating func raw(_ elements: some Sequence<UInt8>) { bytes.append(contentsOf: elements) }

    /// Appends one element.
    package mutating func element(_ tag: UInt8, _ content: some Collection<UInt8>) {
        bytes.append(tag)
        let count = content.count
        if count < 0x80 {
            bytes.append(UInt8(count))
        } else {
            let lengthCount = (Int.bitWidth - count.leadingZeroBitCount + 7) / 8
            bytes.append(0x80 | UInt8(lengthCount))
            for index in (0..<lengthCount).reversed() { bytes.append(UInt8(truncatingIfNeeded: count >> (8 * index))) }
        }
        bytes.append(contentsOf: content)
    }

    /// Appends an element whose content is what `body` writes.
    package mutating func constructed(_ tag: UInt8, _ body: (inout DERWriter) -> Void) {
        var inner = DERWriter()
        body(&inner)
        element(tag, inner.bytes)
    }

    package mutating func sequence(_ body: (inout DERWriter) -> Void) { constructed(DERTag.sequence, body) }

    package mutating func set(_ body: (inout DERWriter) -> Void) { constructed(DERTag.set, body) }

    /// Appends an INTEGER that is not negative, from big-endian bytes; zeros before it do not count.
    package mutating func integer(_ number: some Sequence<UInt8>) {
        var content = Array(number.drop { $0 == 0 })
        if content.first.map({ $0 >= 0x80 }) ?? true { content.insert(0, at: 0) }
        element(DERTag.integer, content)
    }

    package mutating func boolean(_ value: Bool) { element(DERTag.boolean, [value ? 0xff : 0]) }

    package mutating func null() { element(DERTag.null, []) }

    package mutating func oid(_ value: OID) { element(DERTag.oid, value.bytes) }

    package mutating func octetString(_ content: [UInt8]) { element(DERTag.octetString, content) }

    /// Appends a BIT STRING of whole bytes.
    package mutating func bitString(_ content: [UInt8]) { element(DERTag.bitString, [0] + content) }

    /// Appends a BIT STRING of named bits: bit 0 of `bits` is the first.
    package mutating func namedBits(_ bits: UInt16) {
        var content: [UInt8] = [0, 0]
        for bit in 0..<16 where bits >> UInt16(bit) & 1 == 1 { content[bit / 8] |= 0x80 >> UInt8(bit % 8) }
        while content.last == 0 { content.removeLast() }
        element(DERTag.bitString, [UInt8(content.last?.trailingZeroBitCount ?? 0)] + content)
    }

    /// Appends a time in the form that certificates demand for its year.
    package mutating func time(_ seconds: Int64) {
        let (tag, content) = CivilTime.encoded(seconds)
        element(tag, content)
    }
}
