/// A cursor over elements in DER (X.690): definite lengths of the fewest bytes and one-byte tags only.
package struct DERReader {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    /// Lengths of more bytes are refused, so everything is below 16 MiB.
    private static let maximumLengthByteCount = 3

    /// Reads all of `bytes`.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    /// Reads what is inside `element`.
    init(_ element: DERElement) {
        bytes = element.bytes
        position = element.contentStart
        end = element.end
    }

    package var isAtEnd: Bool { position == end }

    /// The tag of the next element, nil at the end.
    var nextTag: UInt8? { position < end ? bytes[position] : nil }

    /// Takes the next element, whatever its tag.
    ///
    /// - Parameter place: What is being read, for the error.
    package mutating func next(_ place: String) throws(CertificateError) -> DERElement {
        guard end - position >= 2 else { throw .malformed(place) }
        let tag = bytes[position]
        // Tag numbers above 30 take more bytes; nothing here has them. Tag 0 would be the end of an indefinite length.
        guard tag & 0x1f != 0x1f, tag != 0 else { throw .malformed(place) }
        var start = position + 2
        var count = Int(bytes[position + 1])
        if count >= 0x80 {
            let lengthCount = count & 0x7f
            guard lengthCount > 0, lengthCount <= DERReader.maximumLengthByteCount, lengthCount <= end - start else {
                throw .malformed(place)
            }
            count = 0
            for index in start..<(start + lengthCount) { count = count << 8 | Int(bytes[index]) }
            guard count >= 0x80, count >> (8 * (lengthCount - 1)) != 0 else { throw .malformed(place) }
            start += lengthCount
        }
        guard count <= end - start else { throw .malformed(place) }
        let element = DERElement(bytes: bytes, tag: tag, start: position, contentStart: start, end: start + count)
        position = start + count
        return element
    }

    /// Takes the next element, which must have `tag`.
    package mutating func next(_ tag: UInt8, _ place: String) throws(CertificateError) -> DERElement {
        guard nextTag == tag else { throw .malformed(place) }
        return try next(place)
    }

    /// Takes the next element if it has `tag`.
    package mutating func nextIf(_ tag: UInt8, _ place: String) throws(CertificateError) -> DERElement? {
        guard nextTag == tag else { return nil }
        return try next(place)
    }

    /// Takes the next element, a SEQUENCE, and reads inside it.
    package mutating func sequence(_ place: String) throws(CertificateError) -> DERReader {
        DERReader(try next(DERTag.sequence, place))
    }

    /// Makes sure that nothing follows.
    package func finish(_ place: String) throws(CertificateError) {
        guard isAtEnd else { throw .malformed(place) }
    }
}
