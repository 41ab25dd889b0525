import HTTP
package import Runtime

/// Stripe as the adapter sees it: stateful, as strict as the real one where it matters to money, with scripted faults and
/// a ledger of its own that tells what money it really took.
package final class StripePeer: Sendable {
    /// The version of the API it speaks; another is refused.
    package static let version = "2026-05-27.dahlia"

    package let secretKey: String
    package let server: PeerServer
    private let core: Core
    var doors: Doors { core.doors }

    /// What the server's handler needs.
    private final class Core: Sendable {
        struct State: Sendable {
            var books = StripePeerBooks()
            var calls: [PeerCall] = []
            var counts: [String: Int] = [:]
            var script: @Sendable (PeerCall) -> PeerFault? = { _ in nil }
        }

        let doors: Doors
        let secretKey: String
        let state = Guarded(State())

        init(doors: Doors, secretKey: String) {
            self.doors = doors
            self.secretKey = secretKey
        }
    }

    package init(doors: Doors, secretKey: String = "sk_test_peer") {
        let core = Core(doors: doors, secretKey: secretKey)
        self.core = core
        self.secretKey = secretKey
        server = PeerServer(doors: doors) { await Self.reply(to: $0, core) }
    }

    // MARK: Script and ledger

    /// Decides for each call what goes wrong with it.
    package func setScript(_ script: @escaping @Sendable (PeerCall) -> PeerFault?) {
        core.state.withLock { $0.script = script }
    }

    /// Every call so far, oldest first.
    package var calls: [PeerCall] { core.state.withLock { $0.calls } }

    /// Money taken, oldest first.
    package var taken: [StripePeerCharge] {
        withBooks { books in
            books.intents.items.compactMap { intent in
                guard intent.status == "succeeded", !intent.isSetup else { return nil }
                return StripePeerCharge(
                    intent: intent.id, amount: intent.received, currency: intent.currency,
                    payment: intent.metadata.first { $0.name == "centralpay_payment" }?.value,
                    refunded: books.refunded(intent.id))
            }
        }
    }

    /// Events that were not taken yet, oldest first.
    package func takeNotices() -> [StripePeerNotice] {
        withBooks { books in
            defer { books.notices = [] }
            return books.notices
        }
    }

    /// Secrets of the addresses that were registered, with their URLs.
    package var endpoints: [(url: String, secret: String)] {
        withBooks { $0.endpoints.map { ($0.url, $0.secret) } }
    }

    /// Forgets every idempotency key, as happens after a day.
    package func forgetKeys() {
        withBooks { $0.forgetKeys() }
    }

    func withBooks<Value: Sendable>(_ body: (inout StripePeerBooks) -> Value) -> Value {
        let now = core.doors.clock.now().seconds
        return core.state.withLock { state in
            state.books.now = now
            return body(&state.books)
        }
    }

    // MARK: Answering

    private static func reply(to request: Request, _ core: Core) async -> PeerServer.Reply {
        let now = core.doors.clock.now().seconds
        guard let read = StripePeerRequest(request) else {
            return .answer(StripePeerAnswer.missing("path", parameter: "").response(requestID: "req_0"))
        }
        let (call, fault) = core.state.withLock { state -> (PeerCall, PeerFault?) in
            let operation = read.operation
            let call = PeerCall(
                number: state.calls.count + 1, operation: operation, earlier: state.counts[operation] ?? 0,
                key: read.key, target: "\(request.method.text) \(request.target)", body: request.body)
            state.calls.append(call)
            state.counts[operation] = call.earlier + 1
            return (call, state.script(call))
        }
        let id = "req_\(call.number)"
        func answer(isVendorError: Bool = false) -> Response {
            if let refusal = refusal(request, core.secretKey) { return refusal.response(requestID: id) }
            return core.state.withLock { state in
                state.books.now = now
                return state.books.answer(read, isVendorError).response(requestID: id)
            }
        }
        switch fault {
        case nil: return .answer(answer())
        case .cutBefore: return .cut
        case .cutAfter:
            _ = answer()
            return .cut
        case .cutWithinAnswer: return .cutWithin(answer())
        case .silentBefore: return .silence
        case .silentAfter:
            _ = answer()
            return .silence
        case .storedError(isDone: false): return .answer(answer(isVendorError: true))
        case .storedError(isDone: true):
            core.state.withLock { state in
                state.books.now = now
                _ = state.books.perform(read)
            }
            return .answer(answer(isVendorError: true))
        case .garbage:
            _ = answer()
            return .answer(Response(status: 200, body: Array("<html>Moved</html>".utf8)))
        case .slow(let milliseconds):
            guard core.state.withLock({ $0.books.begin(read) }) else { return .answer(answer()) }
            await core.doors.scheduler.sleep(until: core.doors.clock.instant().adding(milliseconds: milliseconds))
            core.state.withLock { $0.books.end(read) }
            return .answer(answer())
        case .rateLimited:
            return .answer(StripePeerAnswer.rateLimited.response(requestID: id))
        }
    }

    /// Why a caller is not let in.
    private static func refusal(_ request: Request, _ secretKey: String) -> StripePeerAnswer? {
        guard request.headers["authorization"] == "Bearer \(secretKey)" else {
            return .refused(401, "invalid_request_error", message: "Invalid API Key provided.")
        }
        guard request.headers["stripe-version"] == version else {
            return .invalid("parameter_invalid_string", "Stripe-Version", "Another version is spoken here.")
        }
        let isForm = request.headers["content-type"] == "application/x-www-form-urlencoded"
        guard request.method != .post || isForm else {
            return .invalid("parameter_invalid_string", "Content-Type", "A form is needed.")
        }
        return nil
    }
}
