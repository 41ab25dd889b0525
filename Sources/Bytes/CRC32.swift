/// The cyclic redundancy check of IEEE 802.3, as zip and zlib have it: finds damaged bytes, not forged ones.
package enum CRC32 {
    /// The checksum of `bytes`.
    package static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var state = ~UInt32(0)
        for byte in bytes { state = table[Int((state ^ UInt32(byte)) & 255)] ^ state >> 8 }
        return ~state
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        var state = UInt32(byte)
        for _ in 0..<8 {
            // The polynomial with its bits reversed.
            state = state & 1 == 0 ? state >> 1 : state >> 1 ^ 0xedb8_8320
        }
        return state
    }
}
