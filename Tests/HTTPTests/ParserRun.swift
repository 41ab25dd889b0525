import HTTP
import Runtime

/// What a parser made of some bytes: the requests it completed, and how it ended.
struct ParserRun: Equatable {
    /// One request, in a form that can be compared.
    struct Seen: Equatable {
        var method: Method
        var target: String
        var headers: [String]
        var body: [UInt8]
        var keepsAlive: Bool
    }

    var seen: [Seen] = []
    var refusal: Refusal?
    /// Whether everything was consumed between two requests.
    var isBetweenRequests = false
    var continueCount = 0

    /// Feeds `pieces` one after another.
    init(_ pieces: [[UInt8]], limits: ServerLimits = ServerLimits()) {
        var parser = RequestParser(limits: limits)
        for piece in pieces {
            parser.buffer += piece
            if feed(&parser) { return }
        }
    }

    init(_ text: String, limits: ServerLimits = ServerLimits()) {
        self.init([Array(text.utf8)], limits: limits)
    }

    /// - Returns: whether the parser refused.
    private mutating func feed(_ parser: inout RequestParser) -> Bool {
        while true {
            switch parser.advance() {
            case .complete:
                let request = parser.request(peer: .ip(.v4(1), port: 1))
                seen.append(
                    Seen(
                        method: request.method, target: request.target,
                        headers: request.headers.map { "\($0.name)=\($0.value)" }, body: request.body,
                        keepsAlive: parser.keepsAlive))
                parser.discard()
            case .refused(let refusal):
                self.refusal = refusal
                return true
            case .needsRequest:
                isBetweenRequests = true
                return false
            case .needsHead:
                isBetweenRequests = false
                return false
            case .needsBody(let sendContinue):
                isBetweenRequests = false
                if sendContinue { continueCount += 1 }
                return false
            }
        }
    }
}
