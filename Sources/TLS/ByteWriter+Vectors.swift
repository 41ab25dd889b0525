import Bytes

/// Writing in the presentation language (RFC 8446 section 3.4).
extension ByteWriter {
    /// What `body` writes, behind its length in `lengthByteCount` bytes (1 to 3).
    mutating func vector(_ lengthByteCount: Int, _ body: (inout ByteWriter) -> Void) {
        let start = bytes.count
        for _ in 0..<lengthByteCount { bytes.append(0) }
        body(&self)
        let count = bytes.count - start - lengthByteCount
        precondition(count < 1 << (8 * lengthByteCount), "a vector of \(count) bytes does not fit its length")
        for index in 0..<lengthByteCount {
            bytes[start + index] = UInt8(truncatingIfNeeded: count >> (8 * (lengthByteCount - 1 - index)))
        }
    }

    /// `content` behind its length in `lengthByteCount` bytes.
    mutating func opaque(_ lengthByteCount: Int, _ content: [UInt8]) {
        vector(lengthByteCount) { $0.append(content) }
    }

    /// An extension: its number, then what `body` writes behind its length.
    mutating func `extension`(_ type: ExtensionType, _ body: (inout ByteWriter) -> Void = { _ in }) {
        appendBigEndian(type.rawValue)
        vector(2, body)
    }
}
