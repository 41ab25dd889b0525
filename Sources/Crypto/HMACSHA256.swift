/// One message being authenticated with HMAC-SHA256 (RFC 2104, FIPS 198-1); begun by ``HMACKey/start()``.
public struct HMACSHA256: Sendable {
    private var inner: SHA256
    private let outer: SHA256

    init(_ key: HMACKey) {
        inner = key.inner
        outer = key.outer
    }

    /// Absorbs `bytes`.
    public mutating func update(_ bytes: [UInt8]) { inner.update(bytes.span.raw) }

    /// Absorbs `bytes`.
    public mutating func update(_ bytes: ArraySlice<UInt8>) { inner.update(bytes.span.raw) }

    /// Absorbs the UTF-8 of `text`.
    public mutating func update(_ text: String) { inner.update(text.utf8.span.raw) }

    /// Absorbs `bytes`.
    public mutating func update(_ bytes: RawSpan) { inner.update(bytes) }

    /// Absorbs the 32 bytes of `digest`.
    public mutating func update(_ digest: Digest) { inner.update(digest) }

    /// The tag of everything absorbed; compare it with ``Digest/isEqual(to:)-(Digest)`` or its kin.
    public func finalize() -> Digest {
        var outer = outer
        outer.update(inner.finalize())
        return outer.finalize()
    }

    /// The tag of `message` under `key`, for keys used once.
    public static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        HMACKey(key).authenticate(message).bytes
    }
}

extension HMACSHA256: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
