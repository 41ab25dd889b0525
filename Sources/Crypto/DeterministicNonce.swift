/// The numbers used once of RFC 6979 for P-256, from HMAC-SHA256 whatever hash the message had.
struct DeterministicNonce: ~Copyable {
    private var key: InlineArray<4, UInt64> = [0, 0, 0, 0]
    private var value = InlineArray<4, UInt64>(repeating: 0x0101_0101_0101_0101)
    private var isFirst = true

    /// Section 3.2, steps a to g, with the additional data of section 3.6.
    init(key privateKey: RawSpan, message: P256Scalar, entropy: RawSpan) {
        let message = message.bytes
        for separator in [0, 1] as [UInt8] {
            var mac = HMACKey(key.span.raw).start()
            mac.update(value.span.raw)
            mac.update([separator])
            mac.update(privateKey)
            mac.update(message)
            mac.update(entropy)
            key = mac.finalize().inline
            step()
        }
    }

    /// The next candidate (step h); those out of range are passed over, which tells nothing about the one returned.
    mutating func next() -> Limbs256 {
        while true {
            if !isFirst {
                var mac = HMACKey(key.span.raw).start()
                mac.update(value.span.raw)
                mac.update([0])
                key = mac.finalize().inline
                step()
            }
            isFirst = false
            step()
            let candidate = Limbs256(bigEndian: value.span.raw)
            if candidate.isZeroMask == 0, Limbs256.borrow(candidate, P256Scalar.modulus) == 1 { return candidate }
        }
    }

    /// Overwrites what the numbers come from.
    mutating func wipe() {
        Memory.wipe(&key)
        Memory.wipe(&value)
    }

    private mutating func step() {
        var mac = HMACKey(key.span.raw).start()
        mac.update(value.span.raw)
        value = mac.finalize().inline
    }
}
