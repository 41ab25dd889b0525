/// A bloom filter as it is in a segment: lines of 64 bytes; all bits of a key lie in one line.
///
/// Unchecked: nothing changes after `init`.
final class FilterBlock: CachedBlock, @unchecked Sendable {
    static let lineByteCount = 64
    private static let probeCount = 5

    private let bytes: [UInt8]

    /// - Parameter bytes: at least one whole line.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.lineByteCount, bytes.count % Self.lineByteCount == 0 else { return nil }
        self.bytes = bytes
        super.init(memoryByteCount: bytes.count + 96)
    }

    /// The filter of keys with `hashes`.
    static func make(_ hashes: [UInt64]) -> [UInt8] {
        let bits = hashes.count * SegmentFormat.filterBitsPerKey
        let lineCount = max(1, (bits + lineByteCount * 8 - 1) / (lineByteCount * 8))
        var bytes = [UInt8](repeating: 0, count: lineCount * lineByteCount)
        for hash in hashes {
            let line = lineStart(hash, lineCount)
            var rest = hash
            for _ in 0..<probeCount {
                bytes[line + Int(rest >> 3 & 63)] |= 1 << UInt8(rest & 7)
                rest >>= 9
            }
        }
        return bytes
    }

    func mayContain(_ hash: UInt64) -> Bool {
        let line = Self.lineStart(hash, bytes.count / Self.lineByteCount)
        var rest = hash
        for _ in 0..<Self.probeCount {
            if bytes[line + Int(rest >> 3 & 63)] & 1 << UInt8(rest & 7) == 0 { return false }
            rest >>= 9
        }
        return true
    }

    private static func lineStart(_ hash: UInt64, _ lineCount: Int) -> Int {
        Int((hash >> 32) &* UInt64(lineCount) >> 32) * lineByteCount
    }
}
