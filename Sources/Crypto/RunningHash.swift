/// A hash chosen at run time that absorbs bytes piece by piece, such as that of a handshake's transcript.
///
/// A value: a copy continues from the same point independently.
public enum RunningHash: Sendable {
    case sha256(SHA256)
    case sha384(SHA384)
    case sha512(SHA512)

    /// Nothing absorbed yet.
    public init(_ algorithm: HashAlgorithm) {
        switch algorithm {
        case .sha256: self = .sha256(SHA256())
        case .sha384: self = .sha384(SHA384())
        case .sha512: self = .sha512(SHA512())
        }
    }

    /// Which hash it is.
    public var algorithm: HashAlgorithm {
        switch self {
        case .sha256: .sha256
        case .sha384: .sha384
        case .sha512: .sha512
        }
    }

    /// Absorbs `bytes`.
    public mutating func update(_ bytes: RawSpan) {
        switch self {
        case .sha256(var hash):
            hash.update(bytes)
            self = .sha256(hash)
        case .sha384(var hash):
            hash.update(bytes)
            self = .sha384(hash)
        case .sha512(var hash):
            hash.update(bytes)
            self = .sha512(hash)
        }
    }

    /// Absorbs `bytes`.
    public mutating func update(_ bytes: [UInt8]) { update(bytes.span.raw) }

    /// The hash of everything absorbed. The value itself may go on absorbing.
    public func finish() -> HashValue {
        switch self {
        case .sha256(let hash): hash.finish()
        case .sha384(let hash): hash.finish()
        case .sha512(let hash): hash.finish()
        }
    }
}
