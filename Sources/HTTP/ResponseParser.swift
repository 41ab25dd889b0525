/// Reads one answer from the bytes of a connection, without doing any input or output (RFC 9112 sections 4 and 6).
///
/// The driver appends what it receives to `buffer` and calls `advance`, and `endOfStream` when the stream ended.
package struct ResponseParser: Sendable {
    /// What to do next.
    package enum Step: Sendable, Equatable {
        case needsBytes
        case complete
        /// The answer breaks the protocol or a limit.
        case malformed
    }

    private enum State: Sendable {
        case statusLine, fields, complete, malformed
        /// Content up to `count`, of which `kept` are read.
        case sizedBody(count: Int, kept: Int)
        case chunkedBody
        case bodyUntilEnd
    }

    /// The bytes received. The driver only ever appends.
    package var buffer: [UInt8] = []

    private let limits: ClientLimits
    private let bodyLimit: Int
    private let isHead: Bool
    private var state = State.statusLine
    private var position = 0
    private var scanned = 0
    private var headStart = 0
    private var bodyStart = 0
    private var status = 0
    private var minorVersion = 1
    private var fields: [Headers.Field] = []
    private var framing = MessageFraming()
    private var decoder: ChunkedDecoder
    private var body: [UInt8] = []
    private var isTruncated = false
    private var endsWithStream = false

    /// - Parameters:
    ///   - isHead: whether the request was HEAD, whose answer has no content.
    ///   - bodyByteCount: how much of the content to keep; the rest is not read.
    package init(isHead: Bool, bodyByteCount: Int, limits: ClientLimits = ClientLimits()) {
        self.limits = limits
        self.isHead = isHead
        bodyLimit = max(0, bodyByteCount)
        decoder = ChunkedDecoder(limit: bodyLimit, keepsPrefix: true)
    }

    /// Whether any byte of an answer came.
    package var hasBegun: Bool { !buffer.isEmpty }

    /// Whether another request may follow on the connection.
    package var keepsAlive: Bool {
        guard case .complete = state, !isTruncated, !endsWithStream, position == buffer.count else { return false }
        return minorVersion == 1 ? !framing.asksClose : framing.asksKeepAlive && !framing.asksClose
    }

    /// Goes as far as the buffer allows.
    package mutating func advance() -> Step {
        while true {
            switch state {
            case .complete: return .complete
            case .malformed: return .malformed
            case .statusLine, .fields:
                guard readHeadLine() else { return .needsBytes }
            case .sizedBody(let count, let kept):
                guard buffer.count - bodyStart >= kept else { return .needsBytes }
                body = Array(buffer[bodyStart..<bodyStart + kept])
                isTruncated = kept < count
                position = bodyStart + kept
                state = .complete
            case .chunkedBody:
                guard readChunks() else { return .needsBytes }
            case .bodyUntilEnd:
                guard buffer.count - bodyStart > bodyLimit else { return .needsBytes }
                body = Array(buffer[bodyStart..<bodyStart + bodyLimit])
                isTruncated = true
                state = .complete
            }
        }
    }

    /// The stream ended: the answer is complete if its end is the end of the stream, malformed otherwise.
    package mutating func endOfStream() -> Step {
        switch state {
        case .complete: return .complete
        case .bodyUntilEnd:
            body = Array(buffer[bodyStart...])
            position = buffer.count
            state = .complete
            return .complete
        default:
            state = .malformed
            return .malformed
        }
    }

    /// The complete answer.
    package var response: ClientResponse {
        let head = Array(buffer[headStart..<bodyStart])
        return ClientResponse(
            status: status, headers: Headers(bytes: head, start: 0, fields: fields), body: body,
            isTruncated: isTruncated)
    }

    /// Reads one line of the head.
    /// - Returns: whether it was complete, or the answer is known to be malformed.
    private mutating func readHeadLine() -> Bool {
        let held = buffer
        let bytes = held.span
        let lineEnd: Int
        switch LineScanner.findEnd(in: bytes, from: max(position, scanned)) {
        case .control:
            state = .malformed
            return true
        case .incomplete(let index):
            scanned = index
            if index > limits.headByteCount {
                state = .malformed
                return true
            }
            return false
        case .end(let index):
            lineEnd = index
        }
        let lineStart = position
        position = lineEnd + 2
        guard lineEnd <= limits.headByteCount else {
            state = .malformed
            return true
        }
        if case .statusLine = state {
            headStart = lineStart
            readStatusLine(bytes, from: lineStart, to: lineEnd)
        } else if lineEnd == lineStart {
            finishHead()
        } else if let field = FieldSection.parse(bytes, from: lineStart, to: lineEnd, base: headStart),
            fields.count < limits.headerCount
        {
            fields.append(field)
            framing.note(field, in: bytes, base: headStart)
        } else {
            state = .malformed
        }
        return true
    }

    /// `HTTP/1.x`, a space, three digits, and perhaps a space and a reason nobody needs.
    private mutating func readStatusLine(_ bytes: Span<UInt8>, from start: Int, to end: Int) {
        guard end - start >= 12, ASCII.isEqual(bytes, at: start, count: 7, to: "HTTP/1."),
            bytes[start + 7] == 0x30 || bytes[start + 7] == 0x31, bytes[start + 8] == ASCII.space,
            let code = FieldSection.decimal(bytes, start + 9..<start + 12), (100...599).contains(code),
            end - start == 12 || bytes[start + 12] == ASCII.space
        else {
            state = .malformed
            return
        }
        minorVersion = Int(bytes[start + 7] - 0x30)
        status = code
        state = .fields
    }

    private mutating func finishHead() {
        // RFC 9110 section 15.2: interim answers are skipped. Nobody asked to switch protocols.
        if status < 200 {
            fields.removeAll()
            framing = MessageFraming()
            state = status == 101 ? .malformed : .statusLine
            return
        }
        bodyStart = position
        let delimiter: MessageFraming.Body
        do throws(MessageFraming.Fault) {
            delimiter = try framing.body()
        } catch {
            state = .malformed
            return
        }
        if isHead || status == 204 || status == 304 {
            state = .complete
            return
        }
        switch delimiter {
        case .length(let count): state = .sizedBody(count: count, kept: min(count, bodyLimit))
        case .chunked: state = minorVersion == 1 ? .chunkedBody : .malformed
        case .unstated:
            endsWithStream = true
            state = .bodyUntilEnd
        }
    }

    /// - Returns: whether the body is complete or the answer known to be malformed.
    private mutating func readChunks() -> Bool {
        do throws(ChunkedDecoder.Fault) {
            let held = buffer
            guard try decoder.decode(held.span, from: &position) else { return false }
            state = .complete
        } catch .contentTooLong {
            isTruncated = true
            state = .complete
        } catch {
            state = .malformed
            return true
        }
        body = decoder.content
        return true
    }
}
