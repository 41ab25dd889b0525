/// Whether the subject is an authority (RFC 5280 section 4.2.1.9).
public struct BasicConstraints: Sendable, Hashable {
    public let isAuthority: Bool
    /// How many further authorities may stand between it and the last certificate, if that is limited.
    public let pathLength: Int?

    public init(isAuthority: Bool, pathLength: Int? = nil) {
        self.isAuthority = isAuthority
        self.pathLength = pathLength
    }

    init(_ bytes: [UInt8]) throws(CertificateError) {
        let place = "basic constraints"
        var reader = DERReader(try DERElement.whole(bytes, DERTag.sequence, place))
        // Certificates that write out the default FALSE are common, though DER leaves defaults out.
        let isAuthority = try reader.nextIf(DERTag.boolean, place)?.boolean(place) ?? false
        let pathLength = try reader.nextIf(DERTag.integer, place)?.smallInteger(place)
        try reader.finish(place)
        guard isAuthority || pathLength == nil else { throw .malformed(place) }
        self.init(isAuthority: isAuthority, pathLength: pathLength)
    }
}
