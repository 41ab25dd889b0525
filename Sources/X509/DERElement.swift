/// One element of a DER encoding: a tag and its content, where they lie in the whole.
package struct DERElement {
    let bytes: [UInt8]
    package let tag: UInt8
    /// Where the tag is, where the content begins, and where it ends.
    let start: Int
    let contentStart: Int
    let end: Int

    package var content: ArraySlice<UInt8> { bytes[contentStart..<end] }
    /// Tag, length and content.
    package var encoded: ArraySlice<UInt8> { bytes[start..<end] }

    /// The only element of `bytes`.
    package static func whole(
        _ bytes: [UInt8], _ tag: UInt8, _ place: String
    ) throws(CertificateError) -> DERElement {
        var reader = DERReader(bytes)
        let element = try reader.next(tag, place)
        try reader.finish(place)
        return element
    }

    /// A BOOLEAN: 0 or 255 (X.690 section 11.1).
    func boolean(_ place: String) throws(CertificateError) -> Bool {
        guard content.count == 1, let byte = content.first, byte == 0 || byte == 0xff else { throw .malformed(place) }
        return byte == 0xff
    }

    /// The bytes of an INTEGER, of which there are no more than it takes (X.690 section 8.3.2).
    func integer(_ place: String) throws(CertificateError) -> ArraySlice<UInt8> {
        let content = content
        guard let first = content.first else { throw .malformed(place) }
        if content.count > 1 {
            let isNextNegative = content[content.startIndex + 1] >= 0x80
            guard !(first == 0 && !isNextNegative), !(first == 0xff && isNextNegative) else { throw .malformed(place) }
        }
        return content
    }

    /// The bytes of an INTEGER that is not negative, without a leading zero unless it is zero.
    func unsignedInteger(_ place: String) throws(CertificateError) -> ArraySlice<UInt8> {
        let content = try integer(place)
        guard let first = content.first, first < 0x80 else { throw .malformed(place) }
        return content.count > 1 && first == 0 ? content.dropFirst() : content
    }

    /// An INTEGER from 0 to 2^31 - 1.
    func smallInteger(_ place: String) throws(CertificateError) -> Int {
        let content = try integer(place)
        guard content.count <= 4, let first = content.first, first < 0x80 else { throw .malformed(place) }
        return content.reduce(0) { $0 << 8 | Int($1) }
    }

    /// The bytes of a BIT STRING of whole bytes.
    func wholeBits(_ place: String) throws(CertificateError) -> [UInt8] {
        guard content.first == 0 else { throw .malformed(place) }
        return Array(content.dropFirst())
    }

    /// A BIT STRING of named bits, the first bit of the first byte being bit 0 of the result; at most 16.
    ///
    /// Bits that are not used must be zero. Zeros before them are read, though X.690 section 11.2.2 forbids them: roots
    /// that browsers trust have them.
    func namedBits(_ place: String) throws(CertificateError) -> UInt16 {
        let content = content
        guard let unused = content.first, unused < 8, content.count <= 3 else { throw .malformed(place) }
        let bits = content.dropFirst()
        guard let last = bits.last else {
            guard unused == 0 else { throw .malformed(place) }
            return 0
        }
        guard last.trailingZeroBitCount >= Int(unused) else { throw .malformed(place) }
        var result: UInt16 = 0
        for (index, byte) in bits.enumerated() {
            for bit in 0..<8 where byte >> (7 - UInt8(bit)) & 1 == 1 { result |= 1 << UInt16(8 * index + bit) }
        }
        return result
    }

    /// An OBJECT IDENTIFIER.
    func oid(_ place: String) throws(CertificateError) -> OID { try OID(checking: content, place) }
}
