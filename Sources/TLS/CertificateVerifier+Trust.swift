import X509

extension CertificateVerifier {
    /// Accepts what `trust` certifies for the name that was asked for.
    convenience init(trust: TrustStore) {
        self.init { chain, name, now throws(TLSError) in
            do throws(CertificateError) {
                guard let first = chain.first else { throw .emptyChain }
                // Certificates behind the first that cannot be read may not be needed either.
                let certificates =
                    try [Certificate(der: first)] + chain.dropFirst().compactMap { try? Certificate(der: $0) }
                let path = try PathValidator.validate(
                    chain: certificates, name: name, purpose: .server, at: now, trust: trust)
                let ends = path.certificates.map(\.notAfter)
                return VerifiedPeer(publicKey: certificates[0].publicKey, validUntil: ends.min() ?? now)
            } catch {
                throw .untrusted(error.alert, error.description)
            }
        }
    }
}

extension CertificateError {
    /// What a client tells a server whose certificate it refuses for this reason (RFC 8446 section 6.2).
    fileprivate var alert: AlertDescription {
        switch self {
        case .emptyChain: .decodeError
        case .expired, .notYetValid: .certificateExpired
        case .unknownIssuer: .unknownAuthority
        case .denied: .certificateRevoked
        case .unsupportedAlgorithm, .extendedKeyUsage: .unsupportedCertificate
        case .encryptedKey, .invalidKey, .signingFailed: .certificateUnknown
        case .malformed, .nameMismatch, .notAuthority, .pathLength, .keyUsage, .nameConstraint, .badSignature,
            .criticalExtension, .tooMuchWork:
            .badCertificate
        }
    }
}
