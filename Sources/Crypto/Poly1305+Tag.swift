extension Poly1305 {
    /// The 16 bytes that prove a message; the first eight are the little-endian form of `low`.
    public struct Tag: Sendable {
        /// How many bytes a tag has.
        public static let byteCount = 16

        let low: UInt64
        let high: UInt64

        init(low: UInt64, high: UInt64) {
            self.low = low
            self.high = high
        }

        /// The 16 bytes of `bytes` from `offset` on; traps outside the span.
        init(_ bytes: RawSpan, at offset: Int) {
            low = bytes.littleEndian64(at: offset)
            high = bytes.littleEndian64(at: offset &+ 8)
        }

        /// Appends the 16 bytes to `bytes`.
        func append(to bytes: inout [UInt8]) {
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: low &>> UInt64(8 &* shift))) }
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: high &>> UInt64(8 &* shift))) }
        }

        /// The 16 bytes.
        public var bytes: [UInt8] {
            var bytes: [UInt8] = []
            append(to: &bytes)
            return bytes
        }

        /// Whether both tags are the same, in a time that does not depend on their bytes.
        @inline(never)
        public func isEqual(to other: Tag) -> Bool { (low ^ other.low) | (high ^ other.high) == 0 }
    }
}
