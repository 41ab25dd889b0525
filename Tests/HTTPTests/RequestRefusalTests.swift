import HTTP
import Testing

/// Bad requests, each with the section of RFC 9112 (or 9110) that speaks of it.
@Suite struct RequestRefusalTests {
    /// One bad request.
    struct Case: Sendable, CustomTestStringConvertible {
        var section: String
        var status: Int
        var text: String

        var testDescription: String { "\(section): \(text.debugDescription.prefix(100))" }
    }

    private static let host = "Host: a\r\n"

    private static func get(_ section: String, _ status: Int, _ lines: String) -> Case {
        Case(section: section, status: status, text: "GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n")
    }

    private static func get(_ section: String, _ lines: String) -> Case {
        get(section, 400, lines)
    }

    private static func chunks(_ section: String, _ status: Int, _ body: String) -> Case {
        Case(
            section: section, status: status,
            text: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)")
    }

    private static func chunks(_ section: String, _ body: String) -> Case {
        chunks(section, 400, body)
    }

    private static func line(_ section: String, _ status: Int, _ line: String) -> Case {
        Case(section: section, status: status, text: "\(line)\r\nHost: a\r\n\r\n")
    }

    private static func line(_ section: String, _ text: String) -> Case {
        line(section, 400, text)
    }

    private static let lines: [Case] = [
        Case(section: "2.2 bare LF", status: 400, text: "GET / HTTP/1.1\nHost: a\n\n"),
        Case(section: "2.2 bare CR", status: 400, text: "GET / HTTP/1.1\rHost: a\r\n\r\n"),
        get("2.2 bare LF in a field", "A: b\nC: d\r\n"), get("2.2 bare CR in a field", "A: b\rC: d\r\n"),
        get("2.2 bare CR before CR LF", "A: b\r\r\n"),
        Case(section: "2.2 too many empty lines", status: 400, text: "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case(section: "2.2 space before the request line", status: 400, text: " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case(section: "2.2 space after the request line", status: 400, text: "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        line("2.3 HTTP/2", 505, "GET / HTTP/2.0"), line("2.3 HTTP/1.2", 505, "GET / HTTP/1.2"),
        line("2.3 lower case", "GET / http/1.1"), line("2.3 two digits", "GET / HTTP/1.10"),
        Case(section: "9113 3.4 the HTTP/2 preface", status: 505, text: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        line("3 HTTP/0.9", "GET /"), line("3 two spaces", "GET  / HTTP/1.1"),
        line("3 trailing space", "GET / HTTP/1.1 "),
        line("3 tab", "GET\t/ HTTP/1.1"), line("3 no method", " / HTTP/1.1"), line("3 bad method", "G(T / HTTP/1.1"),
        line("3 long method", 501, String(repeating: "G", count: 33) + " / HTTP/1.1"),
        line("3 NUL in the target", "GET /\0 HTTP/1.1"), line("3.2 not ASCII", "GET /\u{e9} HTTP/1.1"),
        line("3.2 DEL", "GET /\u{7f} HTTP/1.1"), line("3.2 fragment", "GET /a#b HTTP/1.1"),
        line("3.2 space in the target", "GET /a b HTTP/1.1"), line("3.2.1 no slash", "GET a HTTP/1.1"),
        line("3.2.2 other scheme", "GET ftp://a/ HTTP/1.1"), line("3.2.2 user information", "GET http://u@a/ HTTP/1.1"),
        line("3.2.2 no authority", "GET http:///x HTTP/1.1"), line("3.2.3 authority form", "CONNECT a:80 HTTP/1.1"),
        line("3.2.4 asterisk", "GET * HTTP/1.1"),
        line("3 long line", 414, "GET /\(String(repeating: "a", count: 8192)) HTTP/1.1"),
        Case(section: "3 endless line", status: 414, text: "GET /" + String(repeating: "a", count: 8200)),
        Case(section: "3.2 no Host", status: 400, text: "GET / HTTP/1.1\r\nA: b\r\n\r\n"),
        get("3.2 two Hosts", "Host: a\r\n"),
        Case(section: "3.2 two in 1.0", status: 400, text: "GET / HTTP/1.0\r\n\(host)\(host)\r\n"),
        Case(section: "3.2 Host with a path", status: 400, text: "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        Case(section: "3.2 Host list", status: 400, text: "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        Case(section: "3.2 Host with user", status: 400, text: "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
    ]

    private static let fields: [Case] = [
        get("5 no colon", "A\r\n"), get("5 empty name", ": b\r\n"), get("5 bad name", "A(: b\r\n"),
        get("5.1 space before the colon", "A : b\r\n"), get("5.1 tab before the colon", "A\t: b\r\n"),
        get("5.2 obs-fold", "A: b\r\n c\r\n"), get("5.2 obs-fold with a tab", "A: b\r\n\tc\r\n"),
        get("9110 5.5 NUL", "A: b\0c\r\n"), get("9110 5.5 control", "A: b\u{1}c\r\n"),
        get("9110 5.5 DEL", "A: \u{7f}\r\n"),
        get("5.4 too many", 431, String(repeating: "A: b\r\n", count: 100)),
        get("5.4 too long", 431, "A: \(String(repeating: "b", count: 16 * 1024))\r\n"),
        Case(
            section: "5.4 endless", status: 431, text: "GET / HTTP/1.1\r\nA: \(String(repeating: "b", count: 16_400))"),
        get("9110 10.1.1 expectation", 417, "Expect: tea\r\n"),
    ]

    private static let framing: [Case] = [
        get("6.1 both", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
        get("6.1 both, turned", "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"),
        get("6.1 identity", 501, "Transfer-Encoding: identity\r\n"),
        get("6.1 gzip", 501, "Transfer-Encoding: gzip\r\n"),
        get("6.1 gzip first", 501, "Transfer-Encoding: gzip, chunked\r\n"),
        get("6.1 almost chunked", 501, "Transfer-Encoding: xchunked\r\n"),
        get("6.1 chunked not last", "Transfer-Encoding: chunked, gzip\r\n"),
        get("6.1 chunked twice", "Transfer-Encoding: chunked, chunked\r\n"),
        get("6.1 two lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        get("6.1 two lines, other", "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n"),
        get("6.1 empty", "Transfer-Encoding:\r\n"), get("6.1 quoted", "Transfer-Encoding: \"chunked\"\r\n"),
        get("6.1 parameter", "Transfer-Encoding: chunked;q=1\r\n"),
        get("6.1 vertical tab", "Transfer-Encoding: \u{b}chunked\r\n"),
        get("6.1 hidden name", "Transfer-Encoding : chunked\r\n"),
        Case(
            section: "6.1 in 1.0", status: 400, text: "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        get("6.2 differing", "Content-Length: 1\r\nContent-Length: 2\r\n"),
        get("6.2 repeated", "Content-Length: 1\r\nContent-Length: 1\r\n"), get("6.2 list", "Content-Length: 1, 1\r\n"),
        get("6.2 plus", "Content-Length: +1\r\n"), get("6.2 minus", "Content-Length: -1\r\n"),
        get("6.2 hexadecimal", "Content-Length: 0x1\r\n"), get("6.2 fraction", "Content-Length: 1.0\r\n"),
        get("6.2 space", "Content-Length: 1 1\r\n"), get("6.2 empty", "Content-Length:\r\n"),
        get("6.2 not ASCII", "Content-Length: \u{661}\r\n"),
        get("6.2 overlong", "Content-Length: 9999999999999999999\r\n"),
        get("6.2 overlong zeros", "Content-Length: 0000000000000000001\r\n"),
        get("6.2 too large", 413, "Content-Length: 1048577\r\n"),
    ]

    private static let chunked: [Case] = [
        chunks("7.1 no size", "\r\nx\r\n"), chunks("7.1 not hexadecimal", "g\r\n"),
        chunks("7.1 prefix", "0x1\r\nx\r\n"),
        chunks("7.1 sign", "+1\r\nx\r\n"), chunks("7.1 minus", "-1\r\nx\r\n"), chunks("7.1 space first", " 1\r\nx\r\n"),
        chunks("7.1 space last", "1 \r\nx\r\n"), chunks("7.1 overflow", "ffffffffffffffff1\r\nx"),
        chunks("7.1 overlong zeros", "0000000000000001\r\nx\r\n"), chunks("7.1 bare LF", "1\nx\r\n"),
        chunks("7.1 bare LF after the data", "1\r\nx\n0\r\n\r\n"), chunks("7.1 too much data", "1\r\nxy\r\n0\r\n\r\n"),
        chunks("7.1 too little data", "3\r\nx\r\n0\r\n\r\n"), chunks("7.1 too large", 413, "100001\r\n"),
        chunks("7.1.1 bare CR in an extension", "1;a\rb\r\nx\r\n"),
        chunks("7.1.1 LF in an extension", "1;a\nb\r\nx\r\n"),
        chunks("7.1.1 endless extension", "1;\(String(repeating: "a", count: 17_000))"),
        chunks("7.1.2 bad trailer", "0\r\nA b\r\n\r\n"), chunks("7.1.2 fold", "0\r\nA: b\r\n c\r\n\r\n"),
        chunks("7.1.2 endless", "0\r\n\(String(repeating: "A: bcdefgh\r\n", count: 2000))\r\n"),
        chunks("7.1.2 bare LF", "0\r\n\n"),
    ]

    @Test(arguments: lines + fields + framing + chunked)
    func `a bad request is refused`(bad: Case) {
        let bytes = Array(bad.text.utf8)
        let run = ParserRun([bytes])
        #expect(run.refusal?.status == bad.status)
        #expect(run.seen.isEmpty)
        // However it is cut, it is refused alike.
        #expect(
            ParserRun([Array(bytes[..<(bytes.count / 2)]), Array(bytes[(bytes.count / 2)...])]).refusal?.status
                == bad.status)
        if bytes.count < 300 { #expect(ParserRun(bytes.map { [$0] }).refusal?.status == bad.status) }
    }

    @Test func `a body up to the limit is taken`() {
        var limits = ServerLimits()
        limits.bodyByteCount = 4
        #expect(
            ParserRun("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd", limits: limits).seen.count == 1)
        let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n"
        #expect(ParserRun(chunked + "0\r\n\r\n", limits: limits).seen.count == 1)
        #expect(ParserRun(chunked + "1\r\ne\r\n0\r\n\r\n", limits: limits).refusal?.status == 413)
    }

    @Test func `the envelope is that of the API`() {
        let body = Refusal(400, "Say it again.").body
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"{"success":false,"error":{"code":"invalid_request","message":"Say it again."}}"#)
    }
}
