import Billing
import Bytes
import Crypto
package import HTTP
import JSON
import Runtime
import Storage
import Synchronization

/// Answers everything under `/api/v1`, the gateways' notices, and the requests at the root that need no key.
package final class APIServer: Sendable {
    package let services: Services
    private let router: Router
    private let commonFields: [(name: String, value: String)]

    package init(_ services: Services) {
        self.services = services
        router = Router(Endpoints.all)
        commonFields = [
            ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            ("Referrer-Policy", "no-referrer"),
        ]
    }

    /// Keeps the caches fresh until `stop`; runs in a task of its own.
    package func run() async {
        await services.keys.watch(on: services.doors.scheduler)
    }

    package func stop() {
        services.keys.stop()
    }

    /// The OpenAPI document as JSON, for whoever shows it in another form.
    ///
    /// - Parameter view: `essentials`, `subscriptions` or `core`; anything else means every operation.
    package func document(view: String = "") -> [UInt8] {
        services.documents.document(DocumentView(rawValue: view))
    }

    /// Whether `path` (or a whole target) is for this server rather than for the pages.
    package func serves(_ target: String) -> Bool {
        if target.hasPrefix("/api/") || target.hasPrefix("/webhooks/") { return true }
        return switch target.prefix(while: { $0 != "?" }) {
        case "/health", "/ready", "/metrics", "/openapi.json", "/api": true
        default: false
        }
    }

    package func handle(_ request: Request) async -> Response {
        let requestID = services.requestIDs.next()
        var answer = Answer(requestID: requestID)
        do {
            try await respond(to: request, &answer)
        } catch {
            let refusal = Failures.refusal(for: error, requestID: requestID, log: services.doors.log)
            answer.status = refusal.code.status
            answer.body = FailureEnvelope(refusal, requestID: requestID).render()
            answer.contentType = "application/json"
            if let seconds = refusal.retryAfterSeconds { answer.fields.append(("Retry-After", String(seconds))) }
            // A refusal after the first transaction is the outcome that a retry shall hear too; one of the server
            // itself is not.
            if answer.status < 500, let context = answer.context { await context.keep(answer.status, answer.body) }
        }
        if answer.status >= 400, let context = answer.context { forgetCount(context) }
        services.counters.note(status: answer.status)
        var fields: [(name: String, value: String)] = []
        fields.reserveCapacity(commonFields.count + answer.fields.count + 2)
        fields.append(contentsOf: commonFields.filter { name, _ in !answer.fields.contains { $0.name == name } })
        fields.append(("Content-Type", answer.contentType))
        fields.append(("X-Request-Id", requestID))
        fields.append(contentsOf: answer.fields)
        return Response(status: answer.status, headers: fields, body: answer.body)
    }

    /// The envelope of a request that HTTP itself refuses, before it reaches `handle`.
    package func refusalBody(_ refusal: HTTP.Refusal) -> [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.beginObject()
        json.name("success")
        json.bool(false)
        json.name("error")
        json.beginObject()
        json.name("code")
        json.string(refusal.code)
        json.name("message")
        json.string(refusal.message.description)
        json.name("request_id")
        json.string(services.requestIDs.next())
        json.name("errors")
        json.beginArray()
        json.endArray()
        json.endObject()
        json.endObject()
        return json.bytes
    }

    /// A request that failed may have counted a signature that was not kept.
    private func forgetCount(_ context: RequestContext) {
        guard let gate = context.gateKeeper, gate.hasPassed else { return }
        let isKept = (try? services.store.readSync { gate.isRemembered(in: $0) }) ?? true
        if !isKept { services.replayCount.note(-1) }
    }

    /// An answer being made. Its fields stay when the request fails later.
    private struct Answer {
        let requestID: String
        var status = 200
        var contentType = "application/json"
        var fields: [(name: String, value: String)] = []
        var body: [UInt8] = []
        var context: RequestContext?

        mutating func take(_ response: Response) {
            status = response.status
            body = response.body
            for (name, value) in response.headers {
                if name == "Content-Type" { contentType = value } else { fields.append((name, value)) }
            }
        }
    }

    // MARK: The checks, in the contract's order

    private func respond(to request: Request, _ answer: inout Answer) async throws {
        let endpoint: Endpoint
        let parameters: [String]
        switch router.match(request.method, request.target) {
        case .endpoint(let found, let values): (endpoint, parameters) = (found, values)
        case .otherMethods(let allow):
            answer.fields.append(("Allow", allow))
            throw Refusal(.methodNotAllowed, "This path takes \(allow).")
        case .nothing:
            throw Refusal(.notFound, "There is nothing at this path; /openapi.json lists what there is.")
        }
        if case .open(let body) = endpoint.execution {
            let call = RawCall(parameters: parameters, query: request.query, body: JSONObject())
            answer.take(try await body(services, request, call))
            return
        }
        try checkBody(request)
        let now = services.doors.clock.now()
        let instant = services.doors.clock.instant()
        let claim = try RequestClaim(request.headers, now: now)
        let (entry, tag) = try authenticate(claim, request, at: instant)
        let source = Sender.address(of: request, trusting: services.options.trustedProxies)
        try authorise(entry, endpoint, claim, source)
        try limit(entry, endpoint, &answer, at: instant)
        noteUse(entry, now)

        let gate = try gate(for: request, endpoint, entry, claim, tag, parameters)
        let context = RequestContext(
            services: services, key: entry, requestID: answer.requestID, source: source, gateKeeper: gate)
        answer.context = context
        if entry.application.mode == .test, !endpoint.worksDuringReset {
            let isResetting = try services.store.readSync { $0.isResetting(entry.application.id) }
            guard !isResetting else { throw DataReset.underWay }
        }
        do {
            if let gate { try services.store.readSync { try gate.check($0, now: now) } }
            let call = RawCall(
                parameters: parameters, query: request.query, body: try readBody(request, endpoint))
            answer.status = endpoint.status
            switch endpoint.execution {
            case .read(let body): answer.body = try body(context, call)
            case .perform(let body): answer.body = try await body(context, call)
            case .document(let body): answer.take(try body(context, call))
            case .open: break
            }
        } catch let outcome as GateOutcome {
            try await repeated(outcome, endpoint, context, request, parameters, &answer)
        }
    }

    /// 413, 415.
    private func checkBody(_ request: Request) throws(Refusal) {
        guard request.body.count <= 1 << 20 else {
            throw Refusal(.payloadTooLarge, "A body has at most 1 MiB.")
        }
        guard !request.body.isEmpty else { return }
        guard let type = request.headers["content-type"],
            type.prefix(while: { $0 != ";" && $0 != " " }).lowercased() == "application/json"
        else { throw Refusal(.unsupportedMediaType, "Send JSON, with Content-Type: application/json.") }
    }

    /// Key and signature. An unknown key is compared like a wrong signature.
    private func authenticate(
        _ claim: RequestClaim, _ request: Request, at now: Instant
    ) throws -> (KeyEntry, Digest) {
        let entry = try services.keys.entry(claim.key, at: now)
        let tag = claim.tag(request, key: entry?.current ?? services.keys.dummy)
        if tag.isEqual(toHex: claim.signature), let entry { return (entry, tag) }
        if let entry, let previous = entry.previous {
            let tag = claim.tag(request, key: previous)
            if tag.isEqual(toHex: claim.signature) { return (entry, tag) }
        }
        throw Refusal(
            .invalidCredentials,
            "The key is not known, or the signature is not the hex HMAC-SHA256 of \"timestamp.body\" with its secret.")
    }

    private func authorise(
        _ entry: KeyEntry, _ endpoint: Endpoint, _ claim: RequestClaim, _ source: IPAddress?
    ) throws(Refusal) {
        if entry.application.requiresSignatureV2, claim.version < 2 {
            throw Refusal(
                .signatureVersionRequired,
                "This application takes version 2 of the signature only: send X-Signature-Version: 2 and sign "
                    + "\"v2.timestamp.METHOD.path?query.body\".")
        }
        guard entry.accepts(source) else {
            throw Refusal(.addressNotAllowed, "This key is not accepted from this address.")
        }
        if let scope = endpoint.scope, !entry.allows(scope) {
            throw Refusal(.insufficientScope, "This key lacks the scope \(scope.rawValue).")
        }
    }

    private func limit(
        _ entry: KeyEntry, _ endpoint: Endpoint, _ answer: inout Answer, at now: Instant
    ) throws(Refusal) {
        guard let bucket = entry.bucket else {
            guard endpoint.isMutating, services.replayCount.isFull else { return }
            throw Refusal(
                .rateLimited, "The replay memory is full; try again in a minute.", retryAfterSeconds: 60)
        }
        let reading = bucket.take(at: now)
        answer.fields.append(("RateLimit-Limit", String(bucket.burst)))
        answer.fields.append(("RateLimit-Remaining", String(reading.remaining)))
        answer.fields.append(("RateLimit-Reset", String(reading.resetSeconds)))
        guard reading.isAllowed else {
            throw Refusal(
                .rateLimited, "Too many requests with this key; \(bucket.rate) a second are free.",
                retryAfterSeconds: reading.retryAfterSeconds)
        }
    }

    private func noteUse(_ entry: KeyEntry, _ now: Timestamp) {
        entry.unsavedUse.store(now.milliseconds, ordering: .relaxed)
    }

    /// The gate of a mutating request; nil for others.
    private func gate(
        for request: Request, _ endpoint: Endpoint, _ entry: KeyEntry, _ claim: RequestClaim, _ tag: Digest,
        _ parameters: [String]
    ) throws(Refusal) -> Gate? {
        guard endpoint.isMutating else { return nil }
        var idempotencyKey: String?
        var fingerprint: [UInt8] = []
        if let given = request.headers["idempotency-key"] {
            guard (1...255).contains(given.utf8.count), given.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                throw Refusal(.invalidParameter, "An Idempotency-Key has 1 to 255 visible ASCII characters.")
            }
            idempotencyKey = given
            var hash = SHA256()
            hash.update(request.method.text)
            hash.update([0])
            hash.update(request.target)
            hash.update([0])
            hash.update(request.body)
            fingerprint = hash.finalize().bytes
        }
        return Gate(
            application: entry.application.id, apiKey: entry.key.key, tag: tag, timestamp: claim.timestamp,
            idempotencyKey: idempotencyKey, fingerprint: fingerprint, objectID: parameters.first ?? "",
            serverStart: services.startedAt)
    }

    /// The object of a mutating request; nothing for others.
    private func readBody(_ request: Request, _ endpoint: Endpoint) throws(Refusal) -> JSONObject {
        guard endpoint.isMutating else {
            guard request.body.isEmpty else {
                throw Refusal(.invalidParameter, "A \(request.method.text) request has no body.")
            }
            return JSONObject()
        }
        guard !request.body.isEmpty else {
            throw Refusal(.bodyRequired, "Send a JSON object as the body, at least {}.")
        }
        let value: JSONValue
        do {
            value = try JSON.parse(request.body)
        } catch {
            throw Refusal(.invalidJSON, "The body is not valid JSON: \(error).")
        }
        guard case .object(let object) = value else {
            throw Refusal(.bodyRequired, "The body must be a JSON object, at least {}.")
        }
        return object
    }

    /// Answers a request that was executed before under its idempotency key.
    private func repeated(
        _ outcome: GateOutcome, _ endpoint: Endpoint, _ context: RequestContext, _ request: Request,
        _ parameters: [String], _ answer: inout Answer
    ) async throws {
        switch outcome {
        case .answered(let record):
            guard let body = context.ledger.vault.open(record.body, for: Gate.owner(record)) else {
                throw Refusal(.internalError, "The kept answer cannot be opened; use a new Idempotency-Key.")
            }
            answer.status = Int(record.status)
            answer.body = body
            answer.fields.append(("Idempotent-Replayed", "true"))
        case .interrupted(let record):
            let call = RawCall(
                parameters: parameters, query: request.query, body: try readBody(request, endpoint))
            guard let recover = endpoint.recover else {
                throw Refusal(.internalError, "The first request was lost; use a new Idempotency-Key.")
            }
            answer.status = endpoint.status
            answer.body = try await recover(context, call, record)
            answer.fields.append(("Idempotent-Replayed", "true"))
        }
    }
}
