/// The keyed constructions over a hash chosen at run time, for key schedules.
extension HashAlgorithm {
    /// The HMAC tag of `message` under `key`.
    public func authenticate(_ message: RawSpan, key: RawSpan) -> HashValue {
        switch self {
        case .sha256: HashAlgorithm.authenticate(SHA256.self, message, key)
        case .sha384: HashAlgorithm.authenticate(SHA384.self, message, key)
        case .sha512: HashAlgorithm.authenticate(SHA512.self, message, key)
        }
    }

    /// HKDF's extraction (RFC 5869 section 2.2): a pseudorandom key as long as the hash.
    public func extract(salt: RawSpan, keyMaterial: RawSpan) -> Secret {
        switch self {
        case .sha256: HKDF.extract(SHA256.self, salt: salt, keyMaterial: keyMaterial)
        case .sha384: HKDF.extract(SHA384.self, salt: salt, keyMaterial: keyMaterial)
        case .sha512: HKDF.extract(SHA512.self, salt: salt, keyMaterial: keyMaterial)
        }
    }

    /// HKDF's expansion (RFC 5869 section 2.3): `count` bytes (0 to 255 hashes) for the purpose `info`.
    public func expand(_ key: borrowing Secret, info: RawSpan, count: Int) -> Secret {
        switch self {
        case .sha256: HKDF.expand(SHA256.self, key: key.bytes, info: info, count: count)
        case .sha384: HKDF.expand(SHA384.self, key: key.bytes, info: info, count: count)
        case .sha512: HKDF.expand(SHA512.self, key: key.bytes, info: info, count: count)
        }
    }

    private static func authenticate<Hash: HashFunction>(
        _ hash: Hash.Type, _ message: RawSpan, _ key: RawSpan
    ) -> HashValue {
        var mac = HMAC<Hash>(key: key)
        mac.update(message)
        return mac.finish()
    }
}
