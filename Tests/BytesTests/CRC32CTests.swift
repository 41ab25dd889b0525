import Bytes
import Testing

@Suite struct CRC32CTests {
    /// RFC 3720 appendix B.4, and the check value of the parameter catalogues.
    static let vectors: [([UInt8], UInt32)] = [
        ([], 0),
        ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
        ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
        (Array(0..<32), 0x46dd_794e),
        (Array((0..<32).reversed()), 0x113f_db5c),
        (
            [
                0x01, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x14,
                0x00,
                0x00, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x18, 0x28, 0x00, 0x00,
                0x00,
                0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
            ], 0xd996_3a56
        ),
        (Array("123456789".utf8), 0xe306_9283),
        (Array("a".utf8), 0xc1d0_4330),
        (Array("The quick brown fox jumps over the lazy dog".utf8), 0x2262_0404),
    ]

    @Test(arguments: vectors)
    func `published checksums are met`(bytes: [UInt8], checksum: UInt32) {
        #expect(CRC32C.checksum(bytes) == checksum)
    }

    @Test func `a seed continues the checksum at any cut`() {
        let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 * 37) }
        let whole = CRC32C.checksum(bytes)
        for cut in 0...bytes.count {
            let first = CRC32C.checksum(bytes, in: 0..<cut)
            #expect(first == CRC32C.checksum(Array(bytes[..<cut])))
            #expect(CRC32C.checksum(bytes, in: cut..<bytes.count, seed: first) == whole)
            #expect(CRC32C.checksum(bytes.span.extracting(cut..<bytes.count), seed: first) == whole)
        }
    }

    @Test func `every length agrees with the bitwise definition`() {
        var bytes: [UInt8] = []
        for count in 0..<70 {
            var state = UInt32.max
            for byte in bytes {
                state ^= UInt32(byte)
                for _ in 0..<8 { state = state & 1 == 0 ? state >> 1 : state >> 1 ^ 0x82f6_3b78 }
            }
            #expect(CRC32C.checksum(bytes) == ~state)
            bytes.append(UInt8(truncatingIfNeeded: count &* 91 &+ 13))
        }
    }

    @Test func `any single flipped bit is found`() {
        var bytes = (0..<64).map { UInt8($0) }
        let checksum = CRC32C.checksum(bytes)
        for bit in 0..<bytes.count * 8 {
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(CRC32C.checksum(bytes) != checksum)
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        }
    }
}
