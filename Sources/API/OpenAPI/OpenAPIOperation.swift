import Billing
import Bytes
import Fields
import HTTP
import JSON

/// One operation of the document.
struct OpenAPIOperation {
    private let endpoint: Endpoint

    init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
    }

    func write(to schema: inout SchemaBuilder) {
        schema.json.beginObject()
        schema.json.member("operationId", endpoint.operationID)
        schema.json.name("summary")
        schema.json.string(endpoint.summary.description)
        if endpoint.about.utf8CodeUnitCount > 0 {
            schema.json.name("description")
            schema.json.string(endpoint.about.description)
        }
        schema.json.name("tags")
        schema.json.beginArray()
        for tag in endpoint.tags { schema.json.string(tag.rawValue) }
        schema.json.endArray()
        schema.json.name("security")
        if endpoint.scope == nil {
            schema.json.raw(Array("[]".utf8))
        } else {
            schema.json.raw(Array(#"[{"apiKey":[],"timestamp":[],"signature":[]}]"#.utf8))
        }
        writeParameters(&schema)
        writeBody(&schema)
        writeResponses(&schema)
        schema.json.endObject()
    }

    private func writeParameters(_ schema: inout SchemaBuilder) {
        var describer = QueryDescriber(schema: schema)
        describer.schema.json.name("parameters")
        describer.schema.json.beginArray()
        let names = endpoint.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
            String($0.dropFirst().dropLast())
        }
        for (name, parameter) in zip(names, endpoint.parameters) {
            describer.schema.json.beginObject()
            describer.schema.json.member("name", name)
            describer.schema.json.member("in", "path")
            describer.schema.json.name("required")
            describer.schema.json.bool(true)
            if parameter.about.utf8CodeUnitCount > 0 {
                describer.schema.json.name("description")
                describer.schema.json.string(parameter.about.description)
            }
            describer.schema.json.name("schema")
            parameter.writeSchema(&describer.schema)
            describer.schema.json.endObject()
        }
        endpoint.describeQuery(&describer)
        if endpoint.isMutating {
            describer.schema.json.raw(
                Array(
                    """
                    {"name":"Idempotency-Key","in":"header","description":"Repeats a request safely for 24 hours.",\
                    "schema":{"type":"string","minLength":1,"maxLength":255,"pattern":"^[!-~]+$"}}
                    """.utf8))
        }
        describer.schema.json.endArray()
        schema = describer.schema
    }

    private func writeBody(_ schema: inout SchemaBuilder) {
        guard let writeInput = endpoint.writeInput else { return }
        schema.json.name("requestBody")
        schema.json.beginObject()
        schema.json.name("required")
        schema.json.bool(true)
        schema.json.name("content")
        schema.json.beginObject()
        schema.json.name("application/json")
        schema.json.beginObject()
        schema.json.name("schema")
        schema.describesInput = true
        writeInput(&schema)
        schema.describesInput = false
        if endpoint.example.utf8CodeUnitCount > 0 {
            schema.json.name("example")
            schema.json.raw(Array(endpoint.example.description.utf8))
        }
        schema.json.endObject()
        schema.json.endObject()
        schema.json.endObject()
    }

    private func writeResponses(_ schema: inout SchemaBuilder) {
        schema.json.name("responses")
        schema.json.beginObject()
        schema.json.name(String(endpoint.status))
        schema.json.beginObject()
        schema.json.member("description", "Success.")
        writeHeaders(&schema.json)
        schema.json.name("content")
        schema.json.beginObject()
        schema.json.name(endpoint.outputType.description)
        schema.json.beginObject()
        if let writeOutput = endpoint.writeOutput {
            schema.json.name("schema")
            writeOutput(&schema)
        }
        schema.json.endObject()
        schema.json.endObject()
        schema.json.endObject()
        for (status, codes) in failures {
            schema.json.name(String(status))
            schema.json.beginObject()
            schema.json.member("description", codes.map { "`\($0.rawValue)`" }.joined(separator: ", "))
            writeHeaders(&schema.json)
            schema.json.name("content")
            schema.json.raw(
                Array(##"{"application/json":{"schema":{"$ref":"#/components/schemas/FailureEnvelope"}}}"##.utf8))
            schema.json.endObject()
        }
        schema.json.name("default")
        schema.json.beginObject()
        schema.json.member("description", "What HTTP itself refuses, such as 408, 414 and 431.")
        schema.json.endObject()
        schema.json.endObject()
    }

    private func writeHeaders(_ json: inout JSONWriter) {
        json.name("headers")
        json.raw(Array(##"{"X-Request-Id":{"$ref":"#/components/headers/RequestID"}}"##.utf8))
    }

    /// Every failure by status: what all requests of its kind can meet, and its own.
    private var failures: [(status: Int, codes: [Refusal.Code])] {
        var codes: [Refusal.Code] = []
        if endpoint.scope != nil {
            codes += [
                .invalidParameter, .missingCredentials, .invalidCredentials, .timestampOutOfRange, .insufficientScope,
                .addressNotAllowed, .signatureVersionRequired, .unsupportedMediaType, .payloadTooLarge, .rateLimited,
                .internalError, .unavailable,
            ]
        }
        if endpoint.isMutating {
            codes += [
                .invalidJSON, .bodyRequired, .requestReplayed, .idempotencyInProgress, .validationFailed,
                .idempotencyKeyReused, .storageFull,
            ]
        }
        if !endpoint.parameters.isEmpty { codes.append(.notFound) }
        codes += endpoint.errors
        let statuses = codes.map(\.status).sorted()
        var groups: [(status: Int, codes: [Refusal.Code])] = []
        for status in statuses where groups.last?.status != status {
            groups.append((status, codes.filter { $0.status == status }))
        }
        return groups
    }
}
