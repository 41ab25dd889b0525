import Bytes

/// Bytes that look random and are the same in every run with the same seed: a pseudorandom function of seed, purpose
/// and number, for seeded runs only.
package struct DeterministicRandom: Sendable {
    private let key: HMACKey

    /// - Parameter seed: Anything; runs with different seeds have nothing in common.
    package init(seed: UInt64) {
        var writer = ByteWriter()
        writer.append("centralpay seeded run")
        writer.appendBigEndian(seed)
        key = HMACKey(writer.bytes)
    }

    /// `count` (0 to 16 MiB) bytes for the pair of `purpose` and `number`. Asking for fewer gives a prefix.
    package func bytes(_ count: Int, purpose: [UInt8], number: UInt64) -> [UInt8] {
        precondition(count >= 0 && count <= 16 << 20, "0 to 16 MiB at a time")
        // The number comes first and has a fixed length, so no two pairs give one message.
        var message = ByteWriter(capacity: 8 + purpose.count)
        message.appendBigEndian(number)
        message.append(purpose)
        let subkey = key.authenticate(message.bytes).inline
        let nonce = InlineArray<3, UInt32>(repeating: 0)
        return ChaCha20(key: subkey.span.raw, nonce: nonce.span.raw).keyStream(count)
    }
}
