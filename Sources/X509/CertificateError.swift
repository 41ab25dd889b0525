/// Why a certificate, a key or a path of certificates was refused.
///
/// Texts name what was refused: a subject, an algorithm, a place in an encoding. They come from a peer, with control
/// characters taken out, and are for logs.
public enum CertificateError: Error, Equatable, Sendable {
    /// Bytes that are not the strict encoding of what they should be.
    case malformed(String)
    /// An algorithm, key size, curve or form of parameters that is not accepted.
    case unsupportedAlgorithm(String)
    /// A private key under a passphrase.
    case encryptedKey
    /// A private key whose numbers do not belong together.
    case invalidKey
    /// A signature that could not be made: the key cannot sign so, or a fault in the machine.
    case signingFailed
    /// A peer that sent no certificate.
    case emptyChain
    /// The certificate ended at this second since 1970.
    case expired(subject: String, notAfter: Int64)
    /// The certificate begins at this second since 1970.
    case notYetValid(subject: String, notBefore: Int64)
    /// The certificate has only these names (the first few of them), not the one that was wanted.
    case nameMismatch(wanted: String, names: [String])
    /// No certificate that was sent and no trust anchor has the name of this issuer.
    case unknownIssuer(String)
    /// The key of this subject is on the deny list.
    case denied(String)
    /// This subject issued a certificate without being an authority.
    case notAuthority(String)
    /// There are more authorities below this subject than it may have.
    case pathLength(String)
    /// This subject's key is not for such signatures.
    case keyUsage(String)
    /// This subject's certificate is for other purposes.
    case extendedKeyUsage(String)
    /// A name that an authority above it may not certify.
    case nameConstraint(String)
    /// The signature on this subject's certificate is not by its issuer's key.
    case badSignature(String)
    /// A critical extension that is not understood, by its object identifier.
    case criticalExtension(String)
    /// Finding a path would take more signature checks or comparisons than any honest chain needs.
    case tooMuchWork
}

extension CertificateError: CustomStringConvertible {
    /// One sentence for people.
    public var description: String {
        switch self {
        case .malformed(let place): "The encoding is not valid: \(place)."
        case .unsupportedAlgorithm(let name): "The algorithm or key is not accepted: \(name)."
        case .encryptedKey: "The private key is encrypted; store it without a passphrase."
        case .invalidKey: "The numbers of the private key do not belong together."
        case .signingFailed: "The private key cannot make this signature."
        case .emptyChain: "There is no certificate."
        case .expired(let subject, let notAfter):
            "The certificate of \(subject) expired on \(CivilTime.text(notAfter))."
        case .notYetValid(let subject, let notBefore):
            "The certificate of \(subject) is not valid before \(CivilTime.text(notBefore))."
        case .nameMismatch(let wanted, let names):
            names.isEmpty
                ? "The certificate names no host, so it is not for \(wanted)."
                : "The certificate is for \(names.joined(separator: ", ")), not for \(wanted)."
        case .unknownIssuer(let name): "The issuer \(name) is not known and not trusted."
        case .denied(let subject): "The key of \(subject) is on the deny list."
        case .notAuthority(let subject): "\(subject) issued a certificate but is not an authority."
        case .pathLength(let subject): "There are more authorities below \(subject) than it may have."
        case .keyUsage(let subject): "The key of \(subject) is not for this use."
        case .extendedKeyUsage(let subject): "The certificate of \(subject) is for other purposes."
        case .nameConstraint(let name): "The name \(name) is outside what an authority above it may certify."
        case .badSignature(let subject): "The signature on the certificate of \(subject) is wrong."
        case .criticalExtension(let name): "The critical extension \(name) is not understood."
        case .tooMuchWork: "The chain of certificates takes too much work to check."
        }
    }
}
