/// A key for HMAC-SHA256 (RFC 2104) with its two padded blocks already absorbed, so that authenticating a short
/// message costs one compression for every 64 bytes and two more.
///
/// Whoever has this value can sign: it prints as `<redacted>`.
public struct HMACKey: Sendable {
    let inner: SHA256
    let outer: SHA256

    /// Absorbs `key`, which may have any length; 32 bytes are usual.
    public init(_ key: [UInt8]) { self.init(key.span.raw) }

    /// Absorbs the bytes of `secret`.
    public init(_ secret: borrowing Secret) { self.init(secret.bytes) }

    /// Absorbs the 32 bytes of `digest`.
    public init(_ digest: Digest) {
        let bytes = digest.inline
        self.init(bytes.span.raw)
    }

    /// Absorbs `key`, which may have any length.
    public init(_ key: RawSpan) {
        var block = InlineArray<64, UInt8>(repeating: 0)
        if key.byteCount > SHA256.blockByteCount {
            var hash = SHA256()
            hash.update(key)
            let digest = hash.finalize()
            for index in 0..<Digest.byteCount { block[index] = digest[index] }
        } else {
            copy(key, into: &block, at: 0)
        }
        for index in 0..<64 { block[index] ^= 0x36 }
        var inner = SHA256()
        inner.update(block.span.raw)
        // 0x36 comes off and 0x5c goes on.
        for index in 0..<64 { block[index] ^= 0x36 ^ 0x5c }
        var outer = SHA256()
        outer.update(block.span.raw)
        Memory.wipe(&block)
        self.inner = inner
        self.outer = outer
    }

    /// A new message under this key.
    public func start() -> HMACSHA256 { HMACSHA256(self) }

    /// The tag of `message`.
    public func authenticate(_ message: [UInt8]) -> Digest {
        var mac = start()
        mac.update(message)
        return mac.finalize()
    }

    /// The tag of the 32 bytes of `digest`, without an allocation.
    public func authenticate(_ digest: Digest) -> Digest {
        var mac = start()
        mac.update(digest)
        return mac.finalize()
    }

    /// The tag of `parts`, one after another as if they were one message.
    public func authenticate(_ parts: [UInt8]...) -> Digest {
        var mac = start()
        for part in parts { mac.update(part) }
        return mac.finalize()
    }
}

extension HMACKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
