/// What the fields say about the body and the connection (RFC 9112 sections 6 and 9), collected field by field.
struct MessageFraming: Sendable {
    /// How the body is delimited.
    enum Body: Sendable, Equatable {
        /// No field says so: none in a request, up to the end of the stream in an answer.
        case unstated
        case length(Int)
        case chunked
    }

    /// What is wrong with the framing. Every case is a way to smuggle a message past somebody (section 11.2).
    enum Fault: Error, Sendable, Equatable {
        case badContentLength, repeatedContentLength, badTransferEncoding, unknownTransferCoding
        case transferEncodingWithContentLength
    }

    private(set) var contentLength = -1
    private(set) var hasTransferEncoding = false
    private(set) var isChunked = false
    private(set) var hostCount = 0
    private(set) var isHostValid = true
    private(set) var asksClose = false
    private(set) var asksKeepAlive = false
    private(set) var expectsContinue = false
    private(set) var expectsOther = false
    private var fault: Fault?

    /// Takes note of one field; `base` is where its positions count from.
    mutating func note(_ field: Headers.Field, in bytes: Span<UInt8>, base: Int) {
        let start = base + Int(field.nameStart)
        let count = Int(field.nameCount)
        let value = base + Int(field.valueStart)..<base + Int(field.valueStart) + Int(field.valueCount)
        switch count {
        case 4 where ASCII.matches(bytes, at: start, count: count, "host"):
            hostCount += 1
            for index in value where !ASCII.isHost(bytes[index]) { isHostValid = false }
        case 6 where ASCII.matches(bytes, at: start, count: count, "expect"):
            if ASCII.matches(bytes, at: value.lowerBound, count: value.count, "100-continue") {
                expectsContinue = true
            } else {
                expectsOther = true
            }
        case 10 where ASCII.matches(bytes, at: start, count: count, "connection"):
            noteConnection(bytes, value)
        case 14 where ASCII.matches(bytes, at: start, count: count, "content-length"):
            noteContentLength(bytes, value)
        case 17 where ASCII.matches(bytes, at: start, count: count, "transfer-encoding"):
            noteTransferEncoding(bytes, value)
        default: break
        }
    }

    /// How the body is delimited, once every field was noted.
    func body() throws(Fault) -> Body {
        if let fault { throw fault }
        // Section 6.1: a message with both is the classic way to smuggle; it is never passed on.
        if hasTransferEncoding, contentLength >= 0 { throw .transferEncodingWithContentLength }
        if hasTransferEncoding { return .chunked }
        return contentLength >= 0 ? .length(contentLength) : .unstated
    }

    private mutating func noteConnection(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        if ASCII.matches(bytes, at: value.lowerBound, count: value.count, "keep-alive") {
            asksKeepAlive = true
            return
        }
        var close = false
        var keepAlive = false
        FieldSection.forEachMember(bytes, value) { member in
            if ASCII.matches(bytes, at: member.lowerBound, count: member.count, "close") { close = true }
            if ASCII.matches(bytes, at: member.lowerBound, count: member.count, "keep-alive") { keepAlive = true }
        }
        if close { asksClose = true }
        if keepAlive { asksKeepAlive = true }
    }

    private mutating func noteContentLength(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        guard let length = FieldSection.decimal(bytes, value) else {
            fault = fault ?? .badContentLength
            return
        }
        if contentLength >= 0 { fault = fault ?? .repeatedContentLength }
        contentLength = length
    }

    private mutating func noteTransferEncoding(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        let isRepeated = hasTransferEncoding
        hasTransferEncoding = true
        if !isRepeated, ASCII.matches(bytes, at: value.lowerBound, count: value.count, "chunked") {
            isChunked = true
            return
        }
        // Section 6.1: an unknown coding is 501; chunked twice, or not last, or nonsense is 400.
        var chunkedCount = isChunked ? 1 : 0
        var memberCount = 0
        var isToken = true
        var isChunkedLast = false
        FieldSection.forEachMember(bytes, value) { member in
            memberCount += 1
            for index in member where !ASCII.isToken(bytes[index]) { isToken = false }
            isChunkedLast = ASCII.matches(bytes, at: member.lowerBound, count: member.count, "chunked")
            if isChunkedLast { chunkedCount += 1 }
        }
        let isOrderRight = chunkedCount == 0 || (chunkedCount == 1 && isChunkedLast)
        let isUnknown = isToken && memberCount > chunkedCount && !isRepeated && isOrderRight
        fault = fault ?? (isUnknown ? .unknownTransferCoding : .badTransferEncoding)
    }
}
