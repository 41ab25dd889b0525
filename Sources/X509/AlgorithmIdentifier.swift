import Crypto

/// An algorithm with its parameters (RFC 5280 section 4.1.1.2).
struct AlgorithmIdentifier {
    let id: OID
    let parameters: DERElement?

    init(_ element: DERElement, _ place: String) throws(CertificateError) {
        var reader = DERReader(element)
        id = try reader.next(DERTag.oid, place).oid(place)
        parameters = reader.isAtEnd ? nil : try reader.next(place)
        try reader.finish(place)
    }

    /// Whether the parameters are left out or NULL; both must be accepted for RSA with a hash (RFC 4055 section 5).
    var hasAbsentOrNullParameters: Bool {
        guard let parameters else { return true }
        return parameters.tag == DERTag.null && parameters.content.isEmpty
    }

    /// What a certificate is signed with; throws for what is refused, by its name.
    func signatureAlgorithm() throws(CertificateError) -> SignatureAlgorithm {
        switch id {
        case .rsaSHA256 where hasAbsentOrNullParameters: .pkcs1(.sha256)
        case .rsaSHA384 where hasAbsentOrNullParameters: .pkcs1(.sha384)
        case .rsaSHA512 where hasAbsentOrNullParameters: .pkcs1(.sha512)
        case .ecdsaSHA256 where parameters == nil: .ecdsa(.sha256)
        case .ecdsaSHA384 where parameters == nil: .ecdsa(.sha384)
        case .ecdsaSHA512 where parameters == nil: .ecdsa(.sha512)
        case .ed25519 where parameters == nil: .ed25519
        case .rsaPSS:
            if let parameters, let hash = try AlgorithmIdentifier.pssHash(parameters) {
                .pss(hash)
            } else {
                .unsupported("RSASSA-PSS with these parameters")
            }
        default: .unsupported(id.algorithmName)
        }
    }

    /// The hash of RSASSA-PSS-params (RFC 4055 section 3.1) when the mask is made with the same hash and the salt is as
    /// long, or nil: the defaults are SHA-1, so nothing may be left out but the trailer.
    static func pssHash(_ element: DERElement) throws(CertificateError) -> HashAlgorithm? {
        let place = "RSASSA-PSS parameters"
        guard element.tag == DERTag.sequence else { throw .malformed(place) }
        var reader = DERReader(element)
        guard let first = try reader.nextIf(DERTag.constructed(0), place),
            let second = try reader.nextIf(DERTag.constructed(1), place),
            let third = try reader.nextIf(DERTag.constructed(2), place)
        else { return nil }
        let trailer = try reader.nextIf(DERTag.constructed(3), place)
        try reader.finish(place)
        guard let hash = try inner(first, place).hash, try mask(second, place) == hash else { return nil }
        var salt = DERReader(third)
        let saltByteCount = try salt.next(DERTag.integer, place).smallInteger(place)
        try salt.finish(place)
        if let trailer {
            var reader = DERReader(trailer)
            guard try reader.next(DERTag.integer, place).smallInteger(place) == 1 else { return nil }
            try reader.finish(place)
        }
        return saltByteCount == hash.byteCount ? hash : nil
    }

    /// The hash of MGF1, or nil for another mask.
    private static func mask(_ element: DERElement, _ place: String) throws(CertificateError) -> HashAlgorithm? {
        let mask = try inner(element, place)
        guard mask.id == .mgf1, let parameters = mask.parameters, parameters.tag == DERTag.sequence else { return nil }
        return try AlgorithmIdentifier(parameters, place).hash
    }

    private static func inner(_ element: DERElement, _ place: String) throws(CertificateError) -> AlgorithmIdentifier {
        var reader = DERReader(element)
        let result = try AlgorithmIdentifier(reader.next(DERTag.sequence, place), place)
        try reader.finish(place)
        return result
    }

    private var hash: HashAlgorithm? {
        guard hasAbsentOrNullParameters else { return nil }
        return switch id {
        case .sha256: .sha256
        case .sha384: .sha384
        case .sha512: .sha512
        default: nil
        }
    }
}
