import HTTP
import Runtime
import Testing

@Suite struct HeadersTests {
    private let headers = Headers([("Accept", " a "), ("X-Signature", "s"), ("accept", "b"), ("Empty", "")])

    @Test func `names compare without case`() {
        #expect(headers["ACCEPT"] == "a")
        #expect(headers["x-signature"] == "s")
        #expect(headers["x-signaturf"] == nil)
        #expect(headers["Empty"] == "")
        #expect(headers["Missing"] == nil)
        #expect(headers.all("Accept") == ["a", "b"])
        #expect(headers.bytes("accept").map { Array($0) } == [0x61])
        #expect(headers.has("X-Signature", "S"))
        #expect(!headers.has("X-Signature", "t"))
    }

    @Test func `fields keep their order`() {
        #expect(headers.count == 4)
        #expect(headers.map { $0.name + "=" + $0.value } == ["Accept=a", "X-Signature=s", "accept=b", "Empty="])
        #expect(Headers().isEmpty)
    }

    @Test(
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
        ] as [(Int64, String)])
    func `dates are those of HTTP`(seconds: Int64, text: String) {
        #expect(HTTPDate.text(Timestamp(seconds: seconds)) == text)
    }
}
