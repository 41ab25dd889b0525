import Billing
import Fields
import HTTP
import JSON
import Storage

/// What needs no key: health, metrics, and the document of this API.
enum RootEndpoints {
    static let all: [Endpoint] = [
        .open(
            .get, "/health", "getHealth", Declaration(tags: [.server], summary: "Whether the server runs"),
            query: NoInput.self
        ) {
            services, _, _ in
            // A restart mends no damage, so the answer stays 200.
            let isDamaged = services.store.statistics.scrubFindingCount > 0
            return Response(
                status: 200,
                body: Array((isDamaged ? #"{"status":"ok","storage":"damaged"}"# : #"{"status":"ok"}"#).utf8))
        },
        .open(
            .get, "/ready", "getReadiness",
            Declaration(
                tags: [.server], summary: "Whether the storage takes writes",
                about: "`held` is there while live applications wait for the operator: payments are answered 503 then.",
                errors: [.unavailable]),
            query: NoInput.self
        ) { services, _, _ in
            do {
                try await services.store.transact { _ in }
                guard !services.store.statistics.isStorageFull else { throw StoreError.storageFull }
                guard let hold = try await services.store.read({ Holds.current(in: $0) }) else {
                    return Response(status: 200, body: Array(#"{"status":"ready"}"#.utf8))
                }
                // Traffic is to come all the same: reads, test applications and pages are served.
                var json = JSONWriter(capacity: 128)
                json.beginObject()
                json.name("status")
                json.string("ready" as StaticString)
                json.name("held")
                json.beginObject()
                json.name("reason")
                json.string(hold.reason.rawValue)
                json.name("since")
                json.string("\(hold.since)")
                json.endObject()
                json.endObject()
                return Response(status: 200, body: json.bytes)
            } catch {
                var json = JSONWriter(capacity: 128)
                json.beginObject()
                json.name("status")
                json.string("not ready" as StaticString)
                json.name("reason")
                json.string("\(error)")
                json.endObject()
                return Response(status: 503, headers: [("Retry-After", "5")], body: json.bytes)
            }
        },
        .open(
            .get, "/metrics", "getMetrics",
            Declaration(
                tags: [.server], summary: "Metrics as Prometheus text",
                about: "For a direct loopback peer without forwarding headers, or with the operator's bearer token.",
                errors: [.notFound]), query: NoInput.self, outputType: "text/plain"
        ) { services, request, _ in
            guard Metrics.isAllowed(request, token: services.options.metricsToken) else {
                throw Refusal(.notFound, "There is nothing at this path; /openapi.json lists what there is.")
            }
            return Response(
                status: 200, headers: [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")],
                body: Metrics.text(services))
        },
        .open(
            .get, "/openapi.json", "getOpenAPI",
            Declaration(tags: [.server], summary: "This document", errors: [.invalidParameter]),
            query: OpenAPIQuery.self
        ) { services, _, raw in
            let call = try raw.read(NoInput.self, OpenAPIQuery.self)
            return Response(
                status: 200, headers: [("Access-Control-Allow-Origin", "*")],
                body: services.documents.document(call.query.view))
        },
    ]
}
