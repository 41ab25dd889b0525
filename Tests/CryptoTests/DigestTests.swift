import Bytes
import Testing

@testable import Crypto

@Suite struct DigestTests {
    let digest = SHA256.digest(of: [1, 2, 3])

    @Test func `bytes and hexadecimal spell the digest`() throws {
        #expect(digest.bytes.count == 32)
        #expect(digest.hex == Hex.encode(digest.bytes))
        #expect(try #require(Digest(bytes: digest.bytes)) == digest)
        #expect(Digest(bytes: Array(digest.bytes.dropLast())) == nil)
        #expect(Digest.zero.bytes == [UInt8](repeating: 0, count: 32))
        var writer = ByteWriter()
        digest.append(to: &writer)
        #expect(writer.bytes == digest.bytes)
    }

    @Test func `either case of hexadecimal is accepted`() {
        #expect(digest.isEqual(toHex: Array(digest.hex.utf8)))
        #expect(digest.isEqual(toHex: Array(digest.hex.uppercased().utf8)))
        #expect(digest.isEqual(toHex: Array("v1=\(digest.hex)".utf8)[3...]))
    }

    @Test func `another byte anywhere is refused`() {
        for index in 0..<32 {
            var other = digest.bytes
            other[index] ^= 1 << UInt8(index % 8)
            #expect(!digest.isEqual(to: other))
            #expect(Digest(bytes: other) != digest)
        }
        #expect(digest.isEqual(to: digest.bytes))
        #expect(!digest.isEqual(to: []))
    }

    @Test func `hexadecimal with any other character or length is refused`() {
        let text = digest.hexBytes
        for index in text.indices {
            for replacement in [UInt8]([0, 0x10, 0x20, 0x2f, 0x3a, 0x40, 0x47, 0x60, 0x67, 0x80, 0xff]) {
                var other = text
                other[index] = replacement
                #expect(!digest.isEqual(toHex: other))
            }
            // A digit less its fixed bits must not count as the digit.
            var other = text
            other[index] &= 0x1f
            #expect(!digest.isEqual(toHex: other))
        }
        #expect(!digest.isEqual(toHex: Array(text.dropLast())))
        #expect(!digest.isEqual(toHex: text + [0x30]))
        #expect(!digest.isEqual(toHex: [UInt8]()))
    }
}
