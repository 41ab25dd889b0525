import Crypto

/// The key derivations of TLS 1.3 (RFC 8446 section 7.1).
extension HashAlgorithm {
    /// HKDF-Expand-Label.
    func expandLabel(_ secret: borrowing Secret, _ label: StaticString, _ context: RawSpan, count: Int) -> Secret {
        var info: [UInt8] = []
        info.reserveCapacity(4 + 6 + label.utf8CodeUnitCount + context.byteCount)
        info.append(UInt8(truncatingIfNeeded: count >> 8))
        info.append(UInt8(truncatingIfNeeded: count))
        info.append(UInt8(6 + label.utf8CodeUnitCount))
        info.append(contentsOf: "tls13 ".utf8)
        // Sound: a literal's bytes live as long as the program, and the context as long as the call.
        unsafe info.append(
            contentsOf: UnsafeBufferPointer(start: label.utf8Start, count: label.utf8CodeUnitCount))
        info.append(UInt8(context.byteCount))
        unsafe context.withUnsafeBytes { unsafe info.append(contentsOf: $0) }
        return expand(secret, info: info.span.raw, count: count)
    }

    /// Derive-Secret with the hash of a transcript.
    func deriveSecret(_ secret: borrowing Secret, _ label: StaticString, _ transcript: HashValue) -> Secret {
        expandLabel(secret, label, transcript.span, count: byteCount)
    }

    /// What a Finished message or a binder must hold (section 4.4.4).
    func finishedValue(_ baseKey: borrowing Secret, _ transcript: HashValue) -> HashValue {
        let key = expandLabel(baseKey, "finished", RawSpan(), count: byteCount)
        return authenticate(transcript.span, key: key.bytes)
    }
}
