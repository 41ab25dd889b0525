/// The two numbers of an ECDSA signature as big-endian bytes of the order's length; they may still be out of range.
public struct ECDSASignature: Sendable, Equatable {
    /// How a signature is written.
    public enum Encoding: Sendable {
        /// SEQUENCE of two INTEGERs (RFC 3279 section 2.2.3), as in certificates and TLS.
        case der
        /// Both numbers with leading zeros, one after the other (IEEE P1363), as in JWS and WebAuthn.
        case p1363
    }

    let r: [UInt8]
    let s: [UInt8]

    init(r: [UInt8], s: [UInt8]) {
        self.r = r
        self.s = s
    }

    /// Reads `bytes`, or gives nil: strict DER, so that no two byte strings are one signature.
    ///
    /// - Parameter byteCount: The length of the order, at most 48.
    init?(_ bytes: [UInt8], _ encoding: Encoding, byteCount: Int) {
        switch encoding {
        case .p1363:
            guard bytes.count == 2 * byteCount else { return nil }
            r = Array(bytes[..<byteCount])
            s = Array(bytes[byteCount...])
        case .der:
            // Two integers of at most 49 bytes: every length has its short form, and must (X.690 section 10.1).
            guard bytes.count >= 2, bytes[0] == 0x30, bytes[1] < 0x80, Int(bytes[1]) == bytes.count - 2 else {
                return nil
            }
            var rest = bytes[2...]
            guard let r = ECDSASignature.integer(&rest, byteCount), let s = ECDSASignature.integer(&rest, byteCount),
                rest.isEmpty
            else { return nil }
            self.r = r
            self.s = s
        }
    }

    /// The signature in the given form.
    public func bytes(_ encoding: Encoding) -> [UInt8] {
        switch encoding {
        case .p1363: return r + s
        case .der:
            let body = ECDSASignature.integer(r) + ECDSASignature.integer(s)
            return [0x30, UInt8(body.count)] + body
        }
    }

    /// Takes a positive INTEGER of the fewest bytes (X.690 section 8.3.2) off the front.
    private static func integer(_ rest: inout ArraySlice<UInt8>, _ byteCount: Int) -> [UInt8]? {
        guard rest.popFirst() == 0x02, let length = rest.popFirst(), length > 0, length < 0x80,
            rest.count >= Int(length)
        else { return nil }
        var content = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        guard let first = content.first, first < 0x80 else { return nil }
        if first == 0 {
            content = content.dropFirst()
            guard let second = content.first, second >= 0x80 else { return nil }
        }
        guard content.count <= byteCount else { return nil }
        return [UInt8](repeating: 0, count: byteCount - content.count) + content
    }

    private static func integer(_ number: [UInt8]) -> [UInt8] {
        var content = Array(number.drop { $0 == 0 })
        if content.first.map({ $0 >= 0x80 }) ?? true { content.insert(0, at: 0) }
        return [0x02, UInt8(content.count)] + content
    }
}
