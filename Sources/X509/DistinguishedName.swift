/// The name of a subject or an issuer (RFC 5280 section 4.1.2.4).
///
/// Two names are equal when their parts are, as section 7.1 compares them: letters in either case, spaces at the ends
/// and repeated ones without meaning, and the kind of string without meaning.
public struct DistinguishedName: Sendable, Hashable {
    /// The whole SEQUENCE in DER, as it was read.
    public let der: [UInt8]
    /// Each part in the form that is compared.
    let parts: [[UInt8]]

    /// A name has at most this many parts, and this many attributes in all.
    static let maximumCount = 64

    /// One attribute of a name.
    struct Attribute {
        let type: OID
        let value: DERElement
    }

    /// Reads a Name.
    ///
    /// - Throws: ``CertificateError/malformed(_:)``, also for names of more than 64 attributes.
    public init(der: [UInt8]) throws(CertificateError) {
        try DER.check(der, "name")
        try self.init(DERElement.whole(der, DERTag.sequence, "name"))
    }

    init(_ element: DERElement) throws(CertificateError) {
        der = Array(element.encoded)
        var parts: [[UInt8]] = []
        for attributes in try DistinguishedName.attributes(element) {
            guard attributes.count > 1 else {
                parts.append(attributes.first.map(DistinguishedName.comparable) ?? [])
                continue
            }
            // A set: its order is no part of the name.
            let sorted = attributes.map(DistinguishedName.comparable).sorted { $0.lexicographicallyPrecedes($1) }
            parts.append(Array(sorted.joined()))
        }
        self.parts = parts
    }

    /// A name of one common name, or the empty name.
    public init(commonName: String?) {
        var writer = DERWriter()
        writer.sequence { name in
            guard let commonName else { return }
            name.set { part in
                part.sequence { attribute in
                    attribute.oid(.commonName)
                    attribute.element(DERTag.utf8String, Array(commonName.utf8))
                }
            }
        }
        der = writer.bytes
        parts = commonName.map { [DistinguishedName.comparable(.commonName, Array($0.utf8), isText: true)] } ?? []
    }

    /// Whether it has no parts.
    public var isEmpty: Bool { parts.isEmpty }

    public static func == (first: DistinguishedName, second: DistinguishedName) -> Bool {
        first.der == second.der || first.parts == second.parts
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(parts) }

    /// Whether the first parts of this name are those of `other` (RFC 5280 section 4.2.1.10).
    func isWithin(_ other: DistinguishedName) -> Bool { parts.starts(with: other.parts) }

    /// The text of every attribute of one type.
    func values(of type: OID) -> [[UInt8]] {
        let element = try? DERElement.whole(der, DERTag.sequence, "name")
        let attributes = element.flatMap { try? DistinguishedName.attributes($0) } ?? []
        return attributes.joined().filter { $0.type == type }.map { Array($0.value.content) }
    }

    /// The parts of a Name, each with one attribute or more.
    private static func attributes(_ element: DERElement) throws(CertificateError) -> [[Attribute]] {
        var parts: [[Attribute]] = []
        var count = 0
        var reader = DERReader(element)
        while !reader.isAtEnd {
            var set = DERReader(try reader.next(DERTag.set, "name"))
            var attributes: [Attribute] = []
            repeat {
                var attribute = try set.sequence("name")
                let type = try attribute.next(DERTag.oid, "name").oid("name")
                attributes.append(Attribute(type: type, value: try attribute.next("name")))
                try attribute.finish("name")
                count += 1
                guard count <= maximumCount else { throw .malformed("name") }
            } while !set.isAtEnd
            parts.append(attributes)
        }
        return parts
    }

    private static func comparable(_ attribute: Attribute) -> [UInt8] {
        switch attribute.value.tag {
        case DERTag.utf8String, DERTag.printableString, DERTag.ia5String:
            comparable(attribute.type, Array(attribute.value.content), isText: true)
        default: comparable(attribute.type, Array(attribute.value.encoded), isText: false)
        }
    }

    /// Type and value with their lengths before them, so that no two attributes run into each other.
    private static func comparable(_ type: OID, _ value: [UInt8], isText: Bool) -> [UInt8] {
        let value = isText ? prepared(value) : value
        var result: [UInt8] = [isText ? 1 : 0, UInt8(type.bytes.count)] + type.bytes
        for shift in [24, 16, 8, 0] { result.append(UInt8(truncatingIfNeeded: value.count >> shift)) }
        return result + value
    }

    /// Lower case, no spaces at the ends, one where there were more.
    private static func prepared(_ text: [UInt8]) -> [UInt8] {
        guard text.allSatisfy({ $0 < 0x80 }) else {
            guard let whole = String(validating: text, as: UTF8.self) else { return text }
            return spaced(Array(whole.lowercased().utf8))
        }
        return spaced(text.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 })
    }

    private static func spaced(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in text where byte != 0x20 || (result.last ?? 0x20) != 0x20 { result.append(byte) }
        if result.last == 0x20 { result.removeLast() }
        return result
    }
}

extension DistinguishedName: CustomStringConvertible {
    /// `C=US, O=Example, CN=Example Root`: in the order of the encoding, without control characters.
    public var description: String {
        guard let element = try? DERElement.whole(der, DERTag.sequence, "name"),
            let parts = try? DistinguishedName.attributes(element)
        else { return "" }
        return parts.joined().map { attribute in
            let name = attribute.type.attributeName ?? attribute.type.description
            return name + "=" + PrintableText.of(attribute.value.content)
        }.joined(separator: ", ")
    }
}
