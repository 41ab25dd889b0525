/// One extension as it stands in a certificate or a request (RFC 5280 section 4.1).
public struct CertificateExtension: Sendable, Hashable {
    public let id: OID
    public let isCritical: Bool
    /// The content of the octet string: DER of the extension's own type.
    public let value: [UInt8]

    public init(id: OID, isCritical: Bool, value: [UInt8]) {
        self.id = id
        self.isCritical = isCritical
        self.value = value
    }

    /// Reads Extensions, which must not be empty nor hold one of them twice.
    static func list(_ element: DERElement) throws(CertificateError) -> [CertificateExtension] {
        let place = "extensions"
        var outer = DERReader(element)
        var reader = try outer.sequence(place)
        try outer.finish(place)
        var result: [CertificateExtension] = []
        repeat {
            var one = try reader.sequence(place)
            let id = try one.next(DERTag.oid, place).oid(place)
            // Written out as FALSE by some, though DER leaves defaults out.
            let isCritical = try one.nextIf(DERTag.boolean, place)?.boolean(place) ?? false
            let value = Array(try one.next(DERTag.octetString, place).content)
            try one.finish(place)
            guard result.count < 64, !result.contains(where: { $0.id == id }) else {
                throw .malformed("extension \(id)")
            }
            result.append(CertificateExtension(id: id, isCritical: isCritical, value: value))
        } while !reader.isAtEnd
        return result
    }

    func write(to writer: inout DERWriter) {
        writer.sequence { sequence in
            sequence.oid(id)
            if isCritical { sequence.boolean(true) }
            sequence.octetString(value)
        }
    }
}

/// Those that are written.
extension CertificateExtension {
    /// The names of the subject; critical where the subject's own name is empty.
    public static func subjectAlternativeNames(_ names: [GeneralName], isCritical: Bool) -> CertificateExtension {
        var writer = DERWriter()
        writer.sequence { sequence in
            for name in names { name.write(to: &sequence) }
        }
        return CertificateExtension(id: .subjectAlternativeName, isCritical: isCritical, value: writer.bytes)
    }

    public static func basicConstraints(_ constraints: BasicConstraints) -> CertificateExtension {
        var writer = DERWriter()
        writer.sequence { sequence in
            if constraints.isAuthority { sequence.boolean(true) }
            if let length = constraints.pathLength {
                sequence.integer([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) })
            }
        }
        return CertificateExtension(id: .basicConstraints, isCritical: true, value: writer.bytes)
    }

    public static func keyUsage(_ usage: KeyUsage) -> CertificateExtension {
        var writer = DERWriter()
        writer.namedBits(usage.rawValue)
        return CertificateExtension(id: .keyUsage, isCritical: true, value: writer.bytes)
    }

    public static func extendedKeyUsage(_ purposes: [OID]) -> CertificateExtension {
        var writer = DERWriter()
        writer.sequence { sequence in
            for purpose in purposes { sequence.oid(purpose) }
        }
        return CertificateExtension(id: .extendedKeyUsage, isCritical: false, value: writer.bytes)
    }

    public static func nameConstraints(_ constraints: NameConstraints) -> CertificateExtension {
        CertificateExtension(id: .nameConstraints, isCritical: true, value: constraints.der)
    }
}
