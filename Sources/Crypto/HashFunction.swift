/// A hash that absorbs bytes piece by piece; what ``HMAC``, ``HKDF`` and ``PBKDF2`` are generic over.
///
/// Conformers are values: a copy continues from the same point independently.
public protocol HashFunction: Sendable {
    /// How many bytes one compression absorbs.
    static var blockByteCount: Int { get }
    /// How many bytes ``finish()`` gives.
    static var digestByteCount: Int { get }

    /// Nothing absorbed yet.
    init()

    /// Absorbs `bytes`.
    mutating func update(_ bytes: RawSpan)

    /// The hash of everything absorbed. The value itself may go on absorbing.
    func finish() -> HashValue
}

extension HashFunction {
    /// Absorbs `bytes`.
    public mutating func update(_ bytes: [UInt8]) { update(bytes.span.raw) }

    /// Absorbs `bytes`.
    public mutating func update(_ bytes: ArraySlice<UInt8>) { update(bytes.span.raw) }

    /// Absorbs the bytes of `value`.
    public mutating func update(_ value: HashValue) {
        let value = value
        update(value.span)
    }

    /// The hash of `bytes`.
    public static func value(of bytes: RawSpan) -> HashValue {
        var hash = Self()
        hash.update(bytes)
        return hash.finish()
    }

    /// The hash of `bytes`.
    public static func value(of bytes: [UInt8]) -> HashValue { value(of: bytes.span.raw) }
}
