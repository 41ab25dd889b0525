/// Percent-encoding (RFC 3986 section 2.1).
package enum PercentEncoding {
    /// Encodes everything but letters, digits and `-._~`.
    package static func encode(_ text: some StringProtocol) -> String {
        encode(text.utf8, spaceAsPlus: false)
    }

    /// Encodes a name or value of `application/x-www-form-urlencoded`: spaces become `+`.
    package static func encodeForm(_ text: some StringProtocol) -> String {
        encode(text.utf8, spaceAsPlus: true)
    }

    /// The text `bytes` mean, or nil for an incomplete or wrong escape, and for bytes that are not UTF-8.
    package static func decode(_ bytes: some Collection<UInt8>, plusAsSpace: Bool = false) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            if byte == 0x25 {
                guard let high = iterator.next().flatMap(hexValue), let low = iterator.next().flatMap(hexValue)
                else { return nil }
                decoded.append(high << 4 | low)
            } else {
                decoded.append(plusAsSpace && byte == 0x2b ? 0x20 : byte)
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }

    package static func decode(_ text: some StringProtocol) -> String? {
        decode(Array(text.utf8))
    }

    static func hexValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x37
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }

    private static func encode(_ bytes: some Sequence<UInt8>, spaceAsPlus: Bool) -> String {
        let digits: StaticString = "0123456789ABCDEF"
        var encoded: [UInt8] = []
        for byte in bytes {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: encoded.append(byte)
            case 0x20 where spaceAsPlus: encoded.append(0x2b)
            default:
                encoded.append(0x25)
                unsafe encoded.append(digits.utf8Start[Int(byte >> 4)])
                unsafe encoded.append(digits.utf8Start[Int(byte & 15)])
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
