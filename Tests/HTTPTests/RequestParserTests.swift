import HTTP
import Runtime
import Testing

@Suite struct RequestParserTests {
    private static let good = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /v1/payments?limit=2&x=%20 HTTP/1.1\r\nHost: example.com:8080\r\nX-Api-Key:  key \t\r\nAccept: */*\r\n\r\n",
        "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "POST /p HTTP/1.1\r\nhost:a\r\nTransfer-Encoding: Chunked\r\n\r\n"
            + "5;x=\"y\"\r\nhello\r\n1 ; a\r\n!\r\n0\r\nTrailer: x\r\n\r\n",
        "HEAD /h HTTP/1.0\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost:\r\nX: \u{e9}\r\nEmpty:\r\n\r\n",
        "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nDELETE /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://Example.com/x?y HTTP/1.1\r\nHost: a\r\n\r\nGET HTTPS://b:81?q HTTP/1.1\r\nHost: a\r\n\r\n",
    ]

    @Test func `a request is read as it was written`() throws {
        let run = ParserRun(Self.good[1])
        let request = try #require(run.seen.first)
        #expect(request.method == .get)
        #expect(request.target == "/v1/payments?limit=2&x=%20")
        #expect(request.headers == ["Host=example.com:8080", "X-Api-Key=key", "Accept=*/*"])
        #expect(request.body.isEmpty)
        #expect(request.keepsAlive)
        #expect(run.isBetweenRequests)
    }

    @Test func `chunks are joined and trailers dropped`() throws {
        let request = try #require(ParserRun(Self.good[3]).seen.first)
        #expect(request.body == Array("hello!".utf8))
        #expect(request.headers == ["host=a", "Transfer-Encoding=Chunked"])
    }

    @Test func `path and query are the halves of the target`() {
        var request = Request(method: .get, target: "/a/b?c=d?e")
        #expect(request.path == "/a/b")
        #expect(request.query == "c=d?e")
        request = Request(method: .get, target: "/a/b")
        #expect(request.path == "/a/b")
        #expect(request.query == "")
    }

    @Test func `an absolute form gives target and host`() throws {
        var parser = RequestParser(limits: ServerLimits())
        parser.buffer += Array(Self.good[8].utf8)
        try #require(parser.advance() == .complete)
        let first = parser.request(peer: .ip(.v4(1), port: 1))
        #expect(first.target == "/x?y")
        #expect(first.query == "y")
        #expect(first.host == "Example.com")
        parser.discard()
        try #require(parser.advance() == .complete)
        let second = parser.request(peer: .ip(.v4(1), port: 1))
        #expect(second.target == "/?q")
        #expect(second.path == "/")
        #expect(second.query == "q")
        #expect(second.host == "b:81")
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: a\r\n", true), ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n", false),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n", false), ("GET / HTTP/1.0\r\n", false),
        ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n", true),
        ("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n", false),
    ])
    func `version and Connection say whether the connection goes on`(head: String, keepsAlive: Bool) throws {
        #expect(try #require(ParserRun(head + "\r\n").seen.first).keepsAlive == keepsAlive)
    }

    @Test(arguments: good)
    func `every truncation waits for more`(text: String) {
        let bytes = Array(text.utf8)
        let whole = ParserRun([bytes])
        #expect(whole.refusal == nil)
        #expect(whole.isBetweenRequests)
        for count in 0..<bytes.count {
            let run = ParserRun([Array(bytes[..<count])])
            #expect(run.refusal == nil)
            #expect(run.seen.count < whole.seen.count || count == bytes.count)
        }
    }

    @Test(arguments: good)
    func `every split into two gives the same requests`(text: String) {
        let bytes = Array(text.utf8)
        var whole = ParserRun([bytes])
        whole.continueCount = 0
        for count in 0...bytes.count {
            #expect(ParserRun([Array(bytes[..<count]), Array(bytes[count...])]) == whole)
        }
        #expect(ParserRun(bytes.map { [$0] }) == whole)
    }

    @Test func `pipelined requests come in order`() {
        let run = ParserRun(Self.good.joined())
        #expect(run.refusal == nil)
        #expect(run.seen.map(\.method) == [.get, .get, .post, .post, .head, .get, .put, .delete, .options, .get, .get])
    }

    @Test func `headers stay right when the buffer moves on`() throws {
        var parser = RequestParser(limits: ServerLimits())
        parser.buffer += Array("GET /1 HTTP/1.1\r\nHost: one\r\n\r\nGET /2 HTTP/1.1\r\nHost: two\r\n\r\n".utf8)
        try #require(parser.advance() == .complete)
        let first = parser.request(peer: .ip(.v4(1), port: 1))
        parser.discard()
        try #require(parser.advance() == .complete)
        let second = parser.request(peer: .ip(.v4(1), port: 1))
        parser.discard()
        try #require(parser.advance() == .needsRequest)
        parser.buffer += Array("GET /3 HTTP/1.1\r\nHost: three\r\n\r\n".utf8)
        try #require(parser.advance() == .complete)
        #expect(first.headers["host"] == "one")
        #expect(second.headers["Host"] == "two")
        #expect(parser.request(peer: .ip(.v4(1), port: 1)).headers["HOST"] == "three")
    }

    @Test func `100-continue is asked for once, before a body that has not begun`() {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n"
        #expect(ParserRun([Array(head.utf8), [1], [2]]).continueCount == 1)
        #expect(ParserRun([Array(head.utf8) + [1], [2]]).continueCount == 0)
        #expect(ParserRun([Array(head.utf8) + [1, 2]]).continueCount == 0)
        let old = "POST / HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        #expect(ParserRun([Array(old.utf8), [1], [2]]).continueCount == 0)
    }

    @Test func `a hundred thousand mutations neither trap nor hang`() {
        var random = SeededGenerator(seed: 9112)
        let seeds = Self.good.map { Array($0.utf8) }
        var refusedCount = 0
        for _ in 0..<100_000 {
            var bytes = seeds[Int(random.next() % UInt64(seeds.count))]
            for _ in 0...random.next() % 3 { random.mutate(&bytes) }
            let cut = Int(random.next() % UInt64(bytes.count + 1))
            if ParserRun([Array(bytes[..<cut]), Array(bytes[cut...])]).refusal != nil { refusedCount += 1 }
        }
        #expect(refusedCount > 20_000)
    }
}
