/// What a certificate authority is asked to certify (RFC 2986): a key and the names it should be for, nothing else.
public struct CertificateRequest: Sendable {
    public let der: [UInt8]

    /// Writes and signs a request with an empty subject; authorities take the names from the extension.
    ///
    /// - Parameter random: Asked for fresh bytes.
    /// - Throws: ``CertificateError/signingFailed``.
    public init(
        names: [ServerName], key: PrivateKey, random: PrivateKey.Random
    ) throws(CertificateError) {
        let scheme = key.schemes.first { $0 == .rsaPKCS1SHA256 } ?? key.schemes[0]
        var signed = DERWriter()
        signed.sequence { info in
            info.integer([0])
            info.raw(DistinguishedName(commonName: nil).der)
            info.raw(key.subjectPublicKeyInfo)
            info.constructed(DERTag.constructed(0)) { attributes in
                attributes.sequence { attribute in
                    attribute.oid(.extensionRequest)
                    attribute.set { values in
                        values.sequence { extensions in
                            CertificateExtension.subjectAlternativeNames(
                                names.map(GeneralName.init), isCritical: false
                            ).write(to: &extensions)
                        }
                    }
                }
            }
        }
        let signature = try key.sign(signed.bytes, scheme: scheme, random: random)
        var writer = DERWriter()
        writer.sequence { request in
            request.raw(signed.bytes)
            SignatureAlgorithm.write(scheme, to: &request)
            request.bitString(signature)
        }
        der = writer.bytes
    }

    /// The request as a PEM block.
    public var pem: String { PEM.encode("CERTIFICATE REQUEST", der) }
}
