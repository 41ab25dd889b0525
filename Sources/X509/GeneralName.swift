/// One of the names that a certificate or a constraint holds (RFC 5280 section 4.2.1.6).
public enum GeneralName: Sendable, Hashable {
    /// As it was read: it may be a wildcard, in any case, or no host name at all.
    case dns(String)
    /// 4 or 16 bytes; in a constraint as many again for the mask.
    case ip([UInt8])
    case email(String)
    case directory(DistinguishedName)
    case uri(String)
    /// A form that is not compared, by its tag number.
    case other(UInt8)

    /// Reads the choice that `element` is; addresses are checked by the caller.
    init(_ element: DERElement) throws(CertificateError) {
        let place = "general name"
        switch element.tag {
        case DERTag.primitive(1): self = .email(try GeneralName.text(element))
        case DERTag.primitive(2): self = .dns(try GeneralName.text(element))
        case DERTag.primitive(6): self = .uri(try GeneralName.text(element))
        case DERTag.primitive(7): self = .ip(Array(element.content))
        case DERTag.constructed(4):
            var reader = DERReader(element)
            self = .directory(try DistinguishedName(reader.next(DERTag.sequence, place)))
            try reader.finish(place)
        case DERTag.constructed(0), DERTag.constructed(3), DERTag.constructed(5), DERTag.primitive(8):
            self = .other(element.tag & 0x1f)
        default: throw .malformed(place)
        }
    }

    /// The form of a host or an address.
    public init(_ name: ServerName) {
        switch name {
        case .dns(let text): self = .dns(text)
        case .ip(let bytes): self = .ip(bytes)
        }
    }

    /// Reads GeneralNames, which must not be empty.
    static func list(_ bytes: [UInt8]) throws(CertificateError) -> [GeneralName] {
        let place = "subject alternative name"
        var reader = DERReader(try DERElement.whole(bytes, DERTag.sequence, place))
        var names: [GeneralName] = []
        repeat {
            let name = try GeneralName(reader.next(place))
            if case .ip(let address) = name, address.count != 4, address.count != 16 { throw .malformed(place) }
            names.append(name)
        } while !reader.isAtEnd
        return names
    }

    /// An IA5String.
    private static func text(_ element: DERElement) throws(CertificateError) -> String {
        guard element.content.allSatisfy({ $0 < 0x80 }) else { throw .malformed("general name") }
        return String(decoding: element.content, as: UTF8.self)
    }

    /// Writes it as one of GeneralNames; only hosts, addresses, mailboxes and URIs can be written.
    func write(to writer: inout DERWriter) {
        switch self {
        case .dns(let name): writer.element(DERTag.primitive(2), Array(name.utf8))
        case .ip(let address): writer.element(DERTag.primitive(7), address)
        case .email(let address): writer.element(DERTag.primitive(1), Array(address.utf8))
        case .uri(let text): writer.element(DERTag.primitive(6), Array(text.utf8))
        case .directory(let name): writer.constructed(DERTag.constructed(4)) { $0.raw(name.der) }
        case .other: break
        }
    }
}

extension GeneralName: CustomStringConvertible {
    public var description: String {
        switch self {
        case .dns(let text), .email(let text), .uri(let text): PrintableText.of(Array(text.utf8)[...])
        case .ip(let bytes): AddressText.of(bytes)
        case .directory(let name): name.description
        case .other(let number): "name of form \(number)"
        }
    }
}
