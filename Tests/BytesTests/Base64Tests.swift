import Bytes
import Testing

@Suite struct Base64Tests {
    /// RFC 4648 section 10.
    static let vectors = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]

    @Test(arguments: vectors)
    func `the vectors of the RFC hold`(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
        let unpadded = String(encoded.prefix { $0 != "=" })
        #expect(Base64.encodeURL(Array(plain.utf8)) == unpadded)
        #expect(Base64.decodeURL(unpadded) == Array(plain.utf8))
    }

    @Test func `the two alphabets differ in their last two characters`() {
        let bytes: [UInt8] = [0xfb, 0xff, 0xbf]
        #expect(Base64.encode(bytes) == "+/+/")
        #expect(Base64.encodeURL(bytes) == "-_-_")
        #expect(Base64.decode("-_-_") == nil)
        #expect(Base64.decodeURL("+/+/") == nil)
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zm8", "Zm9v=", "Zg===", "====", "=", "==", "Z===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n",
        "Zg==Zg==",
        "Zm9vYg=", "Z=g=", "=Zg=", "Zm9é", "Zm9\u{0}", "A=A=", "AAA=AAAA", "////=",
    ])
    func `a padded text that is not exact is refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(arguments: ["Z", "Zg==", "Zm8=", "Zh", "Zm9", "Zm9vY", "Zm 9v", "Zm9v\n", "=", "Zm9vé"])
    func `an unpadded text that is not exact is refused`(text: String) {
        #expect(Base64.decodeURL(text) == nil)
    }

    @Test func `every length and byte comes back`() {
        for count in 0...258 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ count) }
            let padded = Base64.encode(bytes)
            #expect(padded.utf8.count == (count + 2) / 3 * 4)
            #expect(Base64.decode(padded) == bytes)
            #expect(Base64.decodeURL(Base64.encodeURL(bytes)) == bytes)
        }
    }

    @Test func `only 64 characters are digits of each alphabet`() {
        let all = (UInt8.min...UInt8.max).map { String(decoding: [$0], as: UTF8.self) }
        #expect(all.count { Base64.decode("AAA" + $0) != nil } == 65)  // Padding is the 65th.
        #expect(all.count { Base64.decodeURL("AAA" + $0) != nil } == 64)
    }
}
