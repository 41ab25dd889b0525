/// HMAC (RFC 2104, FIPS 198-1) over any hash: one message being authenticated under a key that is already absorbed.
///
/// A copy made before the first ``update(_:)-(RawSpan)`` serves again for the next message. For SHA-256, ``HMACKey``
/// is quicker. Whoever has this value can sign: it prints as `<redacted>`.
public struct HMAC<Hash: HashFunction>: Sendable {
    private var inner = Hash()
    private var outer = Hash()

    /// Absorbs `key`, which may have any length.
    public init(key: RawSpan) {
        var block = InlineArray<128, UInt8>(repeating: 0)
        if key.byteCount > Hash.blockByteCount {
            var value = Hash.value(of: key)
            copy(value.span, into: &block, at: 0)
            value.wipe()
        } else {
            copy(key, into: &block, at: 0)
        }
        for index in 0..<128 { block[index] ^= 0x36 }
        inner.update(block.span.raw.extracting(0..<Hash.blockByteCount))
        // 0x36 comes off and 0x5c goes on.
        for index in 0..<128 { block[index] ^= 0x36 ^ 0x5c }
        outer.update(block.span.raw.extracting(0..<Hash.blockByteCount))
        Memory.wipe(&block)
    }

    /// Absorbs `key`, which may have any length.
    public init(key: [UInt8]) { self.init(key: key.span.raw) }

    /// Absorbs `bytes`.
    public mutating func update(_ bytes: RawSpan) { inner.update(bytes) }

    /// Absorbs `bytes`.
    public mutating func update(_ bytes: [UInt8]) { inner.update(bytes.span.raw) }

    /// Absorbs the bytes of `value`.
    public mutating func update(_ value: HashValue) { inner.update(value) }

    /// The tag of everything absorbed; compare it with ``HashValue/isEqual(to:)-(HashValue)`` or its kin.
    public func finish() -> HashValue {
        var outer = outer
        outer.update(inner.finish())
        return outer.finish()
    }

    /// The tag of `message`, after what was absorbed already.
    public func authenticate(_ message: [UInt8]) -> HashValue {
        var mac = self
        mac.update(message)
        return mac.finish()
    }
}

extension HMAC: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
