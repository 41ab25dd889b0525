/// The hashes that signatures and handshakes choose from at run time.
public enum HashAlgorithm: Sendable, Hashable {
    case sha256
    case sha384
    case sha512

    /// How many bytes a hash has: 32, 48 or 64.
    public var byteCount: Int {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// The hash of `bytes`.
    public func hash(_ bytes: RawSpan) -> HashValue {
        switch self {
        case .sha256: SHA256.value(of: bytes)
        case .sha384: SHA384.value(of: bytes)
        case .sha512: SHA512.value(of: bytes)
        }
    }

    /// The hash of `bytes`.
    public func hash(_ bytes: [UInt8]) -> HashValue { hash(bytes.span.raw) }
}
