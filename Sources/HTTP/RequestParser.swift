package import Runtime

/// Reads requests from the bytes of one connection, without doing any input or output.
///
/// The driver appends what it receives to `buffer` and calls `advance`. A request is parsed in place, each byte looked
/// at once however the bytes are cut; its headers share the buffer until `discard`, so a kept-alive connection with
/// small requests allocates nothing per request here. Every way of disagreeing with another parser about where a
/// message ends is refused (RFC 9112 section 11.2).
package struct RequestParser: Sendable {
    /// What to do next.
    package enum Step: Sendable, Equatable {
        /// Receive more; nothing of the next request has come yet.
        case needsRequest
        /// Receive more of the head.
        case needsHead
        /// Receive more of the body. The first time, when the client waits for it, send `100 (Continue)` before.
        case needsBody(sendContinue: Bool)
        /// `request(peer:)` has a request.
        case complete
        /// Answer this and close. The parser is of no more use.
        case refused(Refusal)
    }

    private enum State: Sendable {
        case requestLine
        case fields
        case sizedBody(Int)
        case chunkedBody
        case complete
    }

    /// The bytes received and not yet consumed. The driver only ever appends.
    package var buffer: [UInt8] = []

    private let limits: ServerLimits
    private var state = State.requestLine
    /// Where the current request begins in `buffer`. All positions below count from here.
    private var start = 0
    private var lineStart = 0
    private var scanned = 0
    private var fieldsStart = 0
    private var bodyStart = 0
    private var end = 0
    private var emptyLineCount = 0
    private var line = RequestLine()
    private var fields: [Headers.Field] = []
    private var framing = MessageFraming()
    private var decoder = ChunkedDecoder(limit: 0, keepsPrefix: false)
    private var body: [UInt8] = []
    private var mayContinue = false

    /// A buffer that grew beyond this is given back after its request.
    private static let keptCapacity = 16 * 1024

    package init(limits: ServerLimits) {
        self.limits = limits
        fields.reserveCapacity(16)
    }

    /// Whether the connection may go on after the current request, by its version and `Connection` field (section 9.3).
    package var keepsAlive: Bool {
        line.minorVersion == 1 ? !framing.asksClose : framing.asksKeepAlive && !framing.asksClose
    }

    /// 0 or 1: the current request's HTTP/1 minor version.
    package var minorVersion: Int { line.minorVersion }

    /// How many bytes to receive at most.
    package var receiveLimit: Int {
        if case .sizedBody(let count) = state {
            return min(max(start + bodyStart + count - buffer.count, 1), 64 * 1024)
        }
        return 16 * 1024
    }

    /// Goes as far as the buffer allows.
    package mutating func advance() -> Step {
        do throws(Refusal) {
            while true {
                switch state {
                case .requestLine:
                    if start == buffer.count { return rest(.needsRequest) }
                    guard try readRequestLine() else { return rest(.needsHead) }
                case .fields:
                    guard try readFields() else { return rest(.needsHead) }
                case .sizedBody(let count):
                    guard buffer.count - start - bodyStart >= count else { return restForBody() }
                    let lower = start + bodyStart
                    body = Array(buffer[lower..<lower + count])
                    end = bodyStart + count
                    state = .complete
                case .chunkedBody:
                    guard try readChunks() else { return restForBody() }
                case .complete:
                    return .complete
                }
            }
        } catch {
            return .refused(error)
        }
    }

    /// The complete request. Its headers share `buffer`: drop it before receiving more, or they are copied.
    package func request(peer: SocketAddress, isSecure: Bool = false) -> Request {
        let bytes = buffer.span
        var target = "/"
        var queryMark = line.queryMark
        if !line.target.isEmpty {
            let range = start + line.target.lowerBound..<start + line.target.upperBound
            target = String(decoding: buffer[range], as: UTF8.self)
            if queryMark == 0 {
                // An absolute form without a path, such as `http://host?q` (section 3.2.1).
                target = "/" + target
                queryMark = 1
            }
        }
        var authority: String?
        if let range = line.authority {
            authority = ASCII.text(bytes, in: start + range.lowerBound..<start + range.upperBound)
        }
        return Request(
            method: line.method, target: target, queryMark: queryMark, authority: authority,
            headers: Headers(bytes: buffer, start: start, fields: fields), body: body, peer: peer,
            isSecure: isSecure)
    }

    /// Forgets the complete request; what was pipelined behind it stays.
    package mutating func discard() {
        start += end
        if start >= buffer.count {
            start = 0
            if buffer.capacity > Self.keptCapacity {
                buffer = []
            } else {
                buffer.removeAll(keepingCapacity: true)
            }
        }
        state = .requestLine
        lineStart = 0
        scanned = 0
        end = 0
        emptyLineCount = 0
        fields.removeAll(keepingCapacity: true)
        framing = MessageFraming()
        if !body.isEmpty { body = [] }
        mayContinue = false
    }

    /// Before receiving, moves what is there to the front, so that the buffer does not grow with every request.
    private mutating func rest(_ step: Step) -> Step {
        if start > 0 {
            buffer.removeSubrange(0..<start)
            start = 0
        }
        return step
    }

    private mutating func restForBody() -> Step {
        let sendContinue = mayContinue && buffer.count == start + bodyStart
        mayContinue = false
        return rest(.needsBody(sendContinue: sendContinue))
    }

    /// - Returns: whether the line was complete.
    private mutating func readRequestLine() throws(Refusal) -> Bool {
        // A second reference, for the length of this call, lets the other properties change beside the span.
        let held = buffer
        let bytes = held.span
        switch LineScanner.findEnd(in: bytes, from: start + scanned) {
        case .control:
            throw Refusal(400, "Lines end with CR LF and hold no control characters.")
        case .incomplete(let index):
            scanned = index - start
            if scanned - lineStart > limits.requestLineByteCount {
                throw Refusal(414, "The request target is too long.")
            }
            return false
        case .end(let index):
            let lineEnd = index - start
            if lineEnd - lineStart > limits.requestLineByteCount {
                throw Refusal(414, "The request target is too long.")
            }
            if lineEnd == lineStart {
                // Section 2.2: an empty line before the request line is forgiven, a flood of them is not.
                emptyLineCount += 1
                if emptyLineCount > 2 { throw Refusal(400, "The request line is missing.") }
            } else {
                line = try RequestLine(bytes, from: start + lineStart, to: index, base: start)
                fieldsStart = lineEnd + 2
                state = .fields
            }
            lineStart = lineEnd + 2
            scanned = lineStart
            return true
        }
    }

    /// - Returns: whether the head was complete; the state is then that of the body.
    private mutating func readFields() throws(Refusal) -> Bool {
        // A second reference, for the length of this call, lets the other properties change beside the span.
        let held = buffer
        let bytes = held.span
        while true {
            switch LineScanner.findEnd(in: bytes, from: start + scanned) {
            case .control:
                throw Refusal(400, "Header lines end with CR LF and hold no control characters.")
            case .incomplete(let index):
                scanned = index - start
                if scanned - fieldsStart > limits.headerByteCount { throw Refusal(431, "The headers are too long.") }
                return false
            case .end(let index):
                let lineEnd = index - start
                if lineEnd - fieldsStart > limits.headerByteCount { throw Refusal(431, "The headers are too long.") }
                if lineEnd == lineStart {
                    bodyStart = lineEnd + 2
                    try finishHead()
                    return true
                }
                guard let field = FieldSection.parse(bytes, from: start + lineStart, to: index, base: start) else {
                    throw Refusal(400, "A header line is malformed.")
                }
                if fields.count == limits.headerCount { throw Refusal(431, "There are too many headers.") }
                fields.append(field)
                framing.note(field, in: bytes, base: start)
                lineStart = lineEnd + 2
                scanned = lineStart
            }
        }
    }

    private mutating func finishHead() throws(Refusal) {
        guard framing.isHostValid, framing.hostCount <= 1, framing.hostCount == 1 || line.minorVersion == 0 else {
            throw Refusal(400, "Send exactly one valid Host header.")
        }
        let delimiter: MessageFraming.Body
        do throws(MessageFraming.Fault) {
            delimiter = try framing.body()
        } catch {
            switch error {
            case .badContentLength: throw Refusal(400, "The Content-Length header is malformed.")
            case .repeatedContentLength: throw Refusal(400, "Send one Content-Length header.")
            case .badTransferEncoding: throw Refusal(400, "The Transfer-Encoding header is malformed.")
            case .unknownTransferCoding: throw Refusal(501, "The only transfer coding is chunked.")
            case .transferEncodingWithContentLength:
                throw Refusal(400, "Send Content-Length or Transfer-Encoding, not both.")
            }
        }
        // RFC 9110 section 10.1.1: 1.0 clients cannot mean it.
        let expects = line.minorVersion == 1
        if expects, framing.expectsOther { throw Refusal(417, "The only expectation is 100-continue.") }
        switch delimiter {
        case .unstated, .length(0):
            end = bodyStart
            state = .complete
        case .length(let count):
            if count > limits.bodyByteCount { throw Refusal(413, "The body is too long.") }
            mayContinue = expects && framing.expectsContinue
            state = .sizedBody(count)
        case .chunked:
            // Section 6.1: a 1.0 message with Transfer-Encoding has faulty framing.
            if line.minorVersion == 0 { throw Refusal(400, "HTTP/1.0 has no Transfer-Encoding.") }
            mayContinue = expects && framing.expectsContinue
            decoder = ChunkedDecoder(limit: limits.bodyByteCount, keepsPrefix: false)
            state = .chunkedBody
        }
    }

    /// - Returns: whether the body was complete. What was decoded is removed from the buffer.
    private mutating func readChunks() throws(Refusal) -> Bool {
        var position = start + bodyStart
        let isComplete: Bool
        do throws(ChunkedDecoder.Fault) {
            let held = buffer
            isComplete = try decoder.decode(held.span, from: &position)
        } catch {
            switch error {
            case .contentTooLong: throw Refusal(413, "The body is too long.")
            case .badSize: throw Refusal(400, "A chunk size is malformed.")
            case .badLineEnd: throw Refusal(400, "A chunk does not end where its size says.")
            case .badTrailer: throw Refusal(400, "A trailer is malformed.")
            case .overheadTooLong: throw Refusal(400, "Chunk extensions or trailers are too long.")
            }
        }
        buffer.removeSubrange(start + bodyStart..<position)
        if isComplete {
            body = decoder.content
            decoder = ChunkedDecoder(limit: 0, keepsPrefix: false)
            end = bodyStart
            state = .complete
        }
        return isComplete
    }
}
