import HTTP
import Testing

@Suite struct ResponseParserTests {
    /// What one answer came to; nil when it was not complete or malformed.
    private func parse(
        _ pieces: [[UInt8]], isHead: Bool = false, limit: Int = 1000, ends: Bool = false
    ) -> (step: ResponseParser.Step, response: ClientResponse?, keepsAlive: Bool) {
        var parser = ResponseParser(isHead: isHead, bodyByteCount: limit)
        var step = ResponseParser.Step.needsBytes
        for piece in pieces where step == .needsBytes {
            parser.buffer += piece
            step = parser.advance()
        }
        if ends, step == .needsBytes { step = parser.endOfStream() }
        return (step, step == .complete ? parser.response : nil, parser.keepsAlive)
    }

    private func parse(_ text: String, isHead: Bool = false, limit: Int = 1000, ends: Bool = false)
        -> (step: ResponseParser.Step, response: ClientResponse?, keepsAlive: Bool)
    {
        parse([Array(text.utf8)], isHead: isHead, limit: limit, ends: ends)
    }

    private static let good = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b\r\n\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nX: y\r\n\r\nHTTP/1.1 200\r\nContent-Length: 5\r\nA: b\r\n\r\nhello",
        "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n2\r\nhe\r\n3;x\r\nllo\r\n0\r\nT: u\r\n\r\n",
    ]

    @Test(arguments: good)
    func `an answer is read however it is cut`(text: String) throws {
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count {
            #expect(parse([Array(bytes[..<count])]).step == .needsBytes)
            #expect(parse([Array(bytes[..<count])], ends: true).step == .malformed)
            let (_, response, keepsAlive) = parse([Array(bytes[..<count]), Array(bytes[count...])])
            let answer = try #require(response)
            #expect(answer.status == 200)
            #expect(answer.body == Array("hello".utf8))
            #expect(answer.headers["a"] == "b")
            #expect(keepsAlive)
        }
    }

    @Test func `without a length the answer ends with the stream`() throws {
        let text = "HTTP/1.0 404 Not Found\r\nA: b\r\n\r\nbody"
        #expect(parse(text).step == .needsBytes)
        let (_, response, keepsAlive) = parse(text, ends: true)
        #expect(try #require(response).body == Array("body".utf8))
        #expect(!keepsAlive)
    }

    @Test(arguments: [
        ("HTTP/1.1 204 No Content\r\n\r\n", false), ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", false),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", true),
    ])
    func `some answers have no content`(text: String, isHead: Bool) throws {
        #expect(try #require(parse(text, isHead: isHead).response).body.isEmpty)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello, w", "HTTP/1.1 200 OK\r\n\r\nhello, w",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n6\r\nlo, wor\r\n",
    ])
    func `a long body keeps its beginning`(text: String) throws {
        let (_, response, keepsAlive) = parse(text, limit: 5)
        let answer = try #require(response)
        #expect(answer.body == Array("hello".utf8))
        #expect(answer.isTruncated)
        #expect(!keepsAlive)
    }

    @Test(arguments: [
        "HTTP/2 200 OK\r\n", "HTTP/1.1 20 OK\r\n", "HTTP/1.1 2000\r\n", "HTTP/1.1 600 x\r\n", "HTTP/1.1 099 x\r\n",
        "ICY 200 OK\r\n",
        "HTTP/1.1 200 OK\n", "HTTP/1.1 200 OK\r\nA b\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n",
        "HTTP/1.1 200 OK\r\n A: b\r\n",
        "HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
    ])
    func `a bad answer is malformed`(text: String) {
        #expect(parse(text).step == .malformed)
        #expect(parse(text.utf8.map { [$0] }).step == .malformed)
    }

    @Test func `the head is bounded`() {
        #expect(parse("HTTP/1.1 200 OK\r\nA: " + String(repeating: "b", count: 17_000)).step == .malformed)
        #expect(parse("HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 101) + "\r\n").step == .malformed)
        #expect(parse(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 1000)).step == .malformed)
    }

    @Test func `fifty thousand mutations neither trap nor hang`() {
        var random = SeededGenerator(seed: 9110)
        for round in 0..<50_000 {
            var bytes = Array(Self.good[round % 3].utf8)
            for _ in 0...random.next() % 3 { random.mutate(&bytes) }
            let cut = Int(random.next() % UInt64(bytes.count + 1))
            _ = parse([Array(bytes[..<cut]), Array(bytes[cut...])], limit: 4, ends: true)
        }
    }
}
