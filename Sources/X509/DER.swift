/// The encoding rules as a whole (X.690 section 10).
package enum DER {
    /// Elements lie at most this deep in each other; certificates need about ten.
    static let maximumDepth = 24

    /// Walks over every element of `bytes`, into constructed ones too, and throws unless all are complete, strictly
    /// encoded and no deeper than the limit.
    ///
    /// What lies in octet strings is not looked at. The walk keeps its own stack of at most ``maximumDepth`` ends.
    package static func check(_ bytes: [UInt8], _ place: String) throws(CertificateError) {
        var stack = [DERReader(bytes)]
        while var reader = stack.popLast() {
            guard !reader.isAtEnd else { continue }
            let element = try reader.next(place)
            stack.append(reader)
            if element.tag & 0x20 != 0 {
                guard stack.count <= maximumDepth else { throw .malformed(place) }
                stack.append(DERReader(element))
            }
        }
    }
}
