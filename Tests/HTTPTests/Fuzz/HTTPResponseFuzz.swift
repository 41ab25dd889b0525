import HTTP

/// What a client reads of a server that it calls. Bytes of any kind may be malformed; nothing may make the reader trap,
/// and it reads the same however the bytes were cut.
enum HTTPResponseFuzz {
    private static let limit = 2048

    static func run(_ bytes: [UInt8]) {
        guard let mode = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        let whole = read(rest, isHead: mode & 1 == 1, step: max(1, rest.count))
        let pieces = read(rest, isHead: mode & 1 == 1, step: 1 + Int(mode >> 1))
        precondition(whole.step == pieces.step, "how an answer was cut decides nothing")
        guard whole.step == .complete else { return }
        precondition(whole.body == pieces.body && whole.status == pieces.status, "an answer has one meaning")
        precondition((200...599).contains(whole.status) && whole.body.count <= limit, "an answer keeps the limits")
    }

    private static func read(
        _ bytes: [UInt8], isHead: Bool, step: Int
    ) -> (step: ResponseParser.Step, status: Int, body: [UInt8]) {
        var parser = ResponseParser(isHead: isHead, bodyByteCount: limit)
        var rest = bytes[...]
        var result = parser.advance()
        while result == .needsBytes, !rest.isEmpty {
            parser.buffer.append(contentsOf: rest.prefix(step))
            rest = rest.dropFirst(step)
            result = parser.advance()
        }
        if result == .needsBytes { result = parser.endOfStream() }
        guard result == .complete else { return (result, 0, []) }
        return (result, parser.response.status, parser.response.body)
    }
}
