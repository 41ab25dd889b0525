import HTTP
import Runtime

/// What a receiver got and how it answers.
final class Inbox: Sendable {
    /// One request, as it came.
    struct Letter: Sendable {
        let at: Timestamp
        let host: String
        let headers: Headers
        let body: [UInt8]

        var eventID: String { headers["x-event-id"] ?? "" }
        var eventType: String { headers["x-event-type"] ?? "" }
        var attempt: String { headers["x-delivery-attempt"] ?? "" }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    typealias Answer = @Sendable (Letter, Doors) async -> Response

    private let state = Guarded<(letters: [Letter], answer: Answer)>(([], { _, _ in Response(status: 200) }))

    var letters: [Letter] { state.withLock { $0.letters } }

    func setAnswer(_ answer: @escaping Answer) {
        state.withLock { $0.answer = answer }
    }

    func setStatus(_ status: Int, _ headers: [(name: String, value: String)] = []) {
        setAnswer { _, _ in Response(status: status, headers: headers) }
    }

    func receive(_ request: Request, _ doors: Doors) async -> Response {
        let letter = Letter(at: doors.clock.now(), host: request.host, headers: request.headers, body: request.body)
        let answer = state.withLock { state -> Answer in
            state.letters.append(letter)
            return state.answer
        }
        return await answer(letter, doors)
    }
}
