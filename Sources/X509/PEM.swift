import Bytes

/// The textual encoding of certificates and keys (RFC 7468).
public enum PEM {
    /// One block between `-----BEGIN` and `-----END` lines.
    public struct Block: Sendable, Equatable {
        /// What the lines name, such as `CERTIFICATE`.
        public let label: String
        /// What the base 64 spells; nil when it is none, or when header lines such as `Proc-Type` come before it.
        public let der: [UInt8]?
        /// Whether there are header lines, which only encrypted keys have.
        public let hasHeaders: Bool
    }

    /// The blocks in `bytes` in their order; text between them is skipped, and so are blocks that do not end.
    ///
    /// Spaces, tabs and empty lines do not matter, nor does the length of lines; every kind of line end is read.
    public static func blocks(in bytes: [UInt8]) -> [Block] {
        var blocks: [Block] = []
        var label: [UInt8]?
        var digits: [UInt8] = []
        var hasHeaders = false
        var position = 0
        while position < bytes.count {
            let end = bytes[position...].firstIndex { $0 == 0x0a || $0 == 0x0d } ?? bytes.count
            let line = trimmed(bytes[position..<end])
            position = end + 1
            if let name = name(line, "-----BEGIN ") {
                label = name
                digits.removeAll(keepingCapacity: true)
                hasHeaders = false
            } else if let open = label {
                if let name = name(line, "-----END ") {
                    label = nil
                    guard name == open else { continue }
                    let der = hasHeaders ? nil : Base64.decode(digits.span)
                    blocks.append(Block(label: String(decoding: name, as: UTF8.self), der: der, hasHeaders: hasHeaders))
                } else if line.contains(UInt8(ascii: ":")) {
                    hasHeaders = true
                } else {
                    digits.append(contentsOf: line.lazy.filter { $0 != 0x20 && $0 != 0x09 })
                }
            }
        }
        return blocks
    }

    /// The blocks in `bytes`.
    ///
    /// - Throws: ``CertificateError/malformed(_:)`` when one of them is not base 64, ``CertificateError/encryptedKey``
    ///   for one with header lines.
    public static func decode(_ bytes: [UInt8]) throws(CertificateError) -> [(label: String, der: [UInt8])] {
        var result: [(label: String, der: [UInt8])] = []
        for block in blocks(in: bytes) {
            guard !block.hasHeaders else { throw .encryptedKey }
            guard let der = block.der else { throw .malformed("the base 64 of \(block.label)") }
            result.append((block.label, der))
        }
        return result
    }

    /// One block, in lines of 64 characters.
    public static func encode(_ label: String, _ der: [UInt8]) -> String {
        var text = "-----BEGIN \(label)-----\n"
        var digits = Substring(Base64.encode(der))
        while !digits.isEmpty {
            text += digits.prefix(64) + "\n"
            digits = digits.dropFirst(64)
        }
        return text + "-----END \(label)-----\n"
    }

    /// The label of a line that begins with `start` and ends with five hyphens.
    private static func name(_ line: ArraySlice<UInt8>, _ start: StaticString) -> [UInt8]? {
        let count = start.utf8CodeUnitCount
        guard line.count > count + 5, line.first == UInt8(ascii: "-") else { return nil }
        var opening = ByteWriter()
        opening.append(start)
        guard line.starts(with: opening.bytes), line.suffix(5).allSatisfy({ $0 == UInt8(ascii: "-") }) else {
            return nil
        }
        return Array(line.dropFirst(count).dropLast(5))
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while line.first == 0x20 || line.first == 0x09 { line = line.dropFirst() }
        while line.last == 0x20 || line.last == 0x09 { line = line.dropLast() }
        return line
    }
}
