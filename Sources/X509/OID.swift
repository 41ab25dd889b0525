/// An object identifier (X.660), held as the content bytes of its DER form.
public struct OID: Sendable, Hashable {
    /// The content bytes: base-128 numbers, the first holding two arcs.
    public let bytes: [UInt8]

    /// Takes bytes that are known to be an identifier.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads numbers with dots, such as `1.3.6.1.5.5.7.1.31`; nil when they are none.
    public init?(_ text: String) {
        var numbers: [UInt64] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard let number = UInt64(part), number < 1 << 56, String(number) == part else { return nil }
            numbers.append(number)
        }
        guard numbers.count >= 2, numbers.count <= 32, numbers[0] <= 2, numbers[0] == 2 || numbers[1] < 40 else {
            return nil
        }
        var bytes: [UInt8] = []
        for number in [40 * numbers[0] + numbers[1]] + numbers[2...] {
            let groupCount = max(1, (UInt64.bitWidth - number.leadingZeroBitCount + 6) / 7)
            for index in (0..<groupCount).reversed() {
                bytes.append(UInt8(number >> UInt64(7 * index) & 0x7f) | (index == 0 ? 0 : 0x80))
            }
        }
        guard bytes.count <= 64 else { return nil }
        self.bytes = bytes
    }

    /// Checks bytes from elsewhere: not empty, every number complete, of the fewest bytes and below 2^63 (X.690 section
    /// 8.19).
    init(checking bytes: ArraySlice<UInt8>, _ place: String) throws(CertificateError) {
        guard let last = bytes.last, last < 0x80, bytes.count <= 64 else { throw .malformed(place) }
        var length = 0
        for byte in bytes {
            if length == 0, byte == 0x80 { throw .malformed(place) }
            length += 1
            if length > 9 { throw .malformed(place) }
            if byte < 0x80 { length = 0 }
        }
        self.bytes = Array(bytes)
    }
}

extension OID: CustomStringConvertible {
    /// Numbers with dots, such as `2.5.29.17`.
    public var description: String {
        var numbers: [UInt64] = []
        var value: UInt64 = 0
        for byte in bytes {
            value = value << 7 | UInt64(byte & 0x7f)
            guard byte < 0x80 else { continue }
            if numbers.isEmpty {
                let first = min(value / 40, 2)
                numbers = [first, value - 40 * first]
            } else {
                numbers.append(value)
            }
            value = 0
        }
        return numbers.map(String.init).joined(separator: ".")
    }
}
