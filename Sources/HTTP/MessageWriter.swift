import Bytes

/// Writes heads of messages into a connection's output buffer.
enum MessageWriter {
    /// Appends an answer of the server. `date` is a whole `Date` line with its CR LF.
    static func append(
        _ response: Response, isHead: Bool, minorVersion: Int, closes: Bool, date: [UInt8], to output: inout ByteWriter
    ) {
        appendStatusLine(response.status, to: &output)
        for (name, value) in response.headers where !isFraming(name) {
            appendField(name, value, to: &output)
        }
        output.append(date)
        if closes {
            output.append("Connection: close\r\n" as StaticString)
        } else if minorVersion == 0 {
            output.append("Connection: keep-alive\r\n" as StaticString)
        }
        // RFC 9110 section 8.6: 204 has no Content-Length, and 304 would have to tell that of the 200.
        let hasContent = response.status != 204 && response.status != 304
        if hasContent {
            output.append("Content-Length: " as StaticString)
            appendDecimal(response.body.count, to: &output)
            output.append("\r\n\r\n" as StaticString)
            if !isHead { output.append(response.body) }
        } else {
            output.append("\r\n" as StaticString)
        }
    }

    /// Appends one field line. Control bytes in `value` become spaces, so that no text can begin a line of its own.
    static func appendField(_ name: String, _ value: String, to output: inout ByteWriter) {
        precondition(isToken(name), "no name of a field: \(name)")
        output.append(name)
        output.append(": " as StaticString)
        let start = output.bytes.count
        output.append(value)
        var index = LineScanner.firstControl(in: output.bytes.span, from: start)
        while index < output.bytes.count {
            if output.bytes[index] != ASCII.tab { output.bytes[index] = ASCII.space }
            index = LineScanner.firstControl(in: output.bytes.span, from: index + 1)
        }
        output.append("\r\n" as StaticString)
    }

    static func appendDecimal(_ value: Int, to output: inout ByteWriter) {
        if value >= 10 { appendDecimal(value / 10, to: &output) }
        output.append(0x30 + UInt8(truncatingIfNeeded: value % 10))
    }

    /// Whether the text is a token, as names of fields and methods must be.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(ASCII.isToken)
    }

    /// Whether the writer of a message decides about the field of that name.
    static func isFraming(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: matches(name, "date")
        case 10: matches(name, "connection")
        case 14: matches(name, "content-length")
        case 17: matches(name, "transfer-encoding")
        default: false
        }
    }

    static func matches(_ name: String, _ literal: StaticString) -> Bool {
        var name = name
        return name.withUTF8 { bytes in
            unsafe ASCII.matches(Span(_unsafeElements: bytes), at: 0, count: bytes.count, literal)
        }
    }

    private static func appendStatusLine(_ status: Int, to output: inout ByteWriter) {
        let line: StaticString? =
            switch status {
            case 200: "HTTP/1.1 200 OK\r\n"
            case 201: "HTTP/1.1 201 Created\r\n"
            case 202: "HTTP/1.1 202 Accepted\r\n"
            case 204: "HTTP/1.1 204 No Content\r\n"
            case 301: "HTTP/1.1 301 Moved Permanently\r\n"
            case 302: "HTTP/1.1 302 Found\r\n"
            case 303: "HTTP/1.1 303 See Other\r\n"
            case 304: "HTTP/1.1 304 Not Modified\r\n"
            case 307: "HTTP/1.1 307 Temporary Redirect\r\n"
            case 308: "HTTP/1.1 308 Permanent Redirect\r\n"
            case 400: "HTTP/1.1 400 Bad Request\r\n"
            case 401: "HTTP/1.1 401 Unauthorized\r\n"
            case 402: "HTTP/1.1 402 Payment Required\r\n"
            case 403: "HTTP/1.1 403 Forbidden\r\n"
            case 404: "HTTP/1.1 404 Not Found\r\n"
            case 405: "HTTP/1.1 405 Method Not Allowed\r\n"
            case 406: "HTTP/1.1 406 Not Acceptable\r\n"
            case 408: "HTTP/1.1 408 Request Timeout\r\n"
            case 409: "HTTP/1.1 409 Conflict\r\n"
            case 410: "HTTP/1.1 410 Gone\r\n"
            case 413: "HTTP/1.1 413 Content Too Large\r\n"
            case 414: "HTTP/1.1 414 URI Too Long\r\n"
            case 415: "HTTP/1.1 415 Unsupported Media Type\r\n"
            case 417: "HTTP/1.1 417 Expectation Failed\r\n"
            case 421: "HTTP/1.1 421 Misdirected Request\r\n"
            case 422: "HTTP/1.1 422 Unprocessable Content\r\n"
            case 428: "HTTP/1.1 428 Precondition Required\r\n"
            case 429: "HTTP/1.1 429 Too Many Requests\r\n"
            case 431: "HTTP/1.1 431 Request Header Fields Too Large\r\n"
            case 500: "HTTP/1.1 500 Internal Server Error\r\n"
            case 501: "HTTP/1.1 501 Not Implemented\r\n"
            case 502: "HTTP/1.1 502 Bad Gateway\r\n"
            case 503: "HTTP/1.1 503 Service Unavailable\r\n"
            case 504: "HTTP/1.1 504 Gateway Timeout\r\n"
            case 505: "HTTP/1.1 505 HTTP Version Not Supported\r\n"
            case 507: "HTTP/1.1 507 Insufficient Storage\r\n"
            default: nil
            }
        if let line {
            output.append(line)
        } else {
            precondition((200...599).contains(status), "no final status: \(status)")
            output.append("HTTP/1.1 " as StaticString)
            appendDecimal(status, to: &output)
            output.append(" \r\n" as StaticString)
        }
    }
}
