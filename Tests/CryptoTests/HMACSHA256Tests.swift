import Testing

@testable import Crypto

@Suite struct HMACSHA256Tests {
    /// RFC 4231 section 4: key, data, the beginning of the tag (case 5 is truncated there).
    static let vectors: [(key: String, data: String, tag: String)] = [
        (
            String(repeating: "0b", count: 20), "4869205468657265",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            "0102030405060708090a0b0c0d0e0f10111213141516171819", String(repeating: "cd", count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            String(repeating: "0c", count: 20), "546573742057697468205472756e636174696f6e",
            "a3b6167473100ee06e0c796c2955552b"
        ),
        (
            String(repeating: "aa", count: 131),
            """
            54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579
            204669727374
            """, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            String(repeating: "aa", count: 131),
            """
            5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b65
            7920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565
            647320746f20626520686173686564206265666f7265206265696e6720757365642062792074686520484d414320616c
            676f726974686d2e
            """, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test(arguments: vectors)
    func `a published message has its published tag`(key: String, data: String, tag: String) throws {
        let expected = try bytes(tag)
        let message = try bytes(data)
        let key = try bytes(key)
        #expect(HMACSHA256.authenticate(message, key: key).starts(with: expected))
        var mac = HMACKey(Secret(key)).start()
        for byte in message { mac.update([byte]) }
        #expect(mac.finalize().bytes.starts(with: expected))
    }

    @Test func `parts are authenticated like the whole`() {
        let key = HMACKey([1, 2, 3])
        let whole = key.authenticate([4, 5, 6, 7])
        #expect(key.authenticate([4], [], [5, 6], [7]) == whole)
        var mac = key.start()
        mac.update([4, 5, 6, 7, 8][0..<4])
        #expect(mac.finalize() == whole)
        #expect(key.authenticate(whole) == key.authenticate(whole.bytes))
    }

    @Test func `a key of one block is not hashed and a longer one is`() {
        let block = [UInt8](repeating: 7, count: 64)
        let longer = [UInt8](repeating: 7, count: 65)
        #expect(HMACKey(block).authenticate([1]) != HMACKey(SHA256.hash(block)).authenticate([1]))
        #expect(HMACKey(longer).authenticate([1]) == HMACKey(SHA256.hash(longer)).authenticate([1]))
    }

    @Test func `a key and a begun message print nothing of themselves`() {
        let key = HMACKey([1, 2, 3])
        #expect("\(key) \(String(reflecting: key)) \(key.start())" == "<redacted> <redacted> <redacted>")
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains("state"))
    }
}
