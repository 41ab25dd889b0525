import X509

/// A certificate written piece by piece, so that each piece can be wrong.
struct Forge {
    var version: [UInt8] = [0xa0, 3, 2, 1, 2]
    var serialNumber: [UInt8] = [2, 1, 1]
    var innerAlgorithm: [UInt8]
    var outerAlgorithm: [UInt8]
    var issuer: [UInt8]
    var validity: [UInt8]
    var subject: [UInt8]
    var publicKey: [UInt8]
    var uniqueIdentifiers: [UInt8] = []
    /// The whole element with its tag, or nothing.
    var extensions: [UInt8]
    let key: PrivateKey

    /// A correct certificate for a server, signed by `key`.
    init(_ key: PrivateKey, _ extensions: [CertificateExtension] = Issuer.server()) {
        var algorithm = DERWriter()
        SignatureAlgorithm.write(.ecdsaP256SHA256, to: &algorithm)
        innerAlgorithm = algorithm.bytes
        outerAlgorithm = algorithm.bytes
        issuer = DistinguishedName(commonName: "Root").der
        subject = DistinguishedName(commonName: "Server").der
        validity = Forge.sequence { writer in
            writer.time(Issuer.start)
            writer.time(Issuer.end)
        }
        publicKey = key.subjectPublicKeyInfo
        self.extensions = Forge.extensions(extensions)
        self.key = key
    }

    /// The tagged list.
    static func extensions(_ list: [CertificateExtension]) -> [UInt8] {
        var writer = DERWriter()
        writer.constructed(0xa3) { tagged in
            tagged.sequence { sequence in
                for one in list {
                    sequence.sequence { fields in
                        fields.oid(one.id)
                        if one.isCritical { fields.boolean(true) }
                        fields.octetString(one.value)
                    }
                }
            }
        }
        return writer.bytes
    }

    static func sequence(_ body: (inout DERWriter) -> Void) -> [UInt8] {
        var writer = DERWriter()
        writer.sequence(body)
        return writer.bytes
    }

    /// The signed certificate.
    func der() throws -> [UInt8] {
        let signed = Forge.sequence { writer in
            for piece in [
                version, serialNumber, innerAlgorithm, issuer, validity, subject, publicKey, uniqueIdentifiers,
                extensions,
            ] {
                writer.raw(piece)
            }
        }
        let signature = try key.sign(signed, scheme: .ecdsaP256SHA256, random: Randomness.source(4))
        return Forge.sequence { writer in
            writer.raw(signed)
            writer.raw(outerAlgorithm)
            writer.bitString(signature)
        }
    }
}
