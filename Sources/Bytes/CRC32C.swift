/// The Castagnoli cyclic redundancy check (RFC 3720 appendix B.4): finds damaged bytes, not forged ones.
package enum CRC32C {
    /// The checksum of `bytes`.
    ///
    /// - Parameter seed: The checksum of what stands before them: the result is then the checksum of both together.
    package static func checksum(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
        checksum(bytes.span, seed: seed)
    }

    /// The checksum of `range` of `bytes`, which must lie within them.
    package static func checksum(_ bytes: [UInt8], in range: Range<Int>, seed: UInt32 = 0) -> UInt32 {
        checksum(bytes.span.extracting(range), seed: seed)
    }

    /// The checksum of `bytes`, continuing from `seed`.
    package static func checksum(_ bytes: Span<UInt8>, seed: UInt32 = 0) -> UInt32 {
        // Offsets below stay inside both buffers: eight bytes are read where eight are left, and an index of a table is
        // a byte plus 256 times the number of one of its eight parts.
        unsafe tables.withUnsafeBufferPointer { tables in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe update(~seed, bytes, tables)
            }
        }
    }

    private static func update(
        _ start: UInt32, _ bytes: UnsafeRawBufferPointer, _ tables: UnsafeBufferPointer<UInt32>
    ) -> UInt32 {
        var state = start
        var index = 0
        while index + 8 <= bytes.count {
            let next = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let word = next ^ UInt64(state)
            let low =
                unsafe tables[Int(word & 255) + 1792] ^ tables[Int(word >> 8 & 255) + 1536]
                ^ tables[Int(word >> 16 & 255) + 1280] ^ tables[Int(word >> 24 & 255) + 1024]
            let high =
                unsafe tables[Int(word >> 32 & 255) + 768] ^ tables[Int(word >> 40 & 255) + 512]
                ^ tables[Int(word >> 48 & 255) + 256] ^ tables[Int(word >> 56)]
            state = low ^ high
            index += 8
        }
        while index < bytes.count {
            state = unsafe tables[Int((state ^ UInt32(bytes[index])) & 255)] ^ state >> 8
            index += 1
        }
        return ~state
    }

    /// Eight tables of 256 entries: table *n* takes a byte with *n* zero bytes behind it.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var state = UInt32(byte)
            for _ in 0..<8 {
                // The polynomial with its bits reversed.
                state = state & 1 == 0 ? state >> 1 : state >> 1 ^ 0x82f6_3b78
            }
            tables[byte] = state
        }
        for index in 256..<tables.count {
            let before = tables[index - 256]
            tables[index] = tables[Int(before & 255)] ^ before >> 8
        }
        return tables
    }()
}
