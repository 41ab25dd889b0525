import Billing
import Bytes
import Fields
import HTTP
import JSON

/// The OpenAPI 3.1 document of a list of endpoints.
struct OpenAPIDocument {
    private let endpoints: [Endpoint]
    private let publicURL: String
    private let view: EndpointTag?

    /// - Parameter view: Only operations with this tag; nil for all.
    init(_ endpoints: [Endpoint], publicURL: String, view: EndpointTag?) {
        self.endpoints = endpoints.filter { endpoint in view.map { endpoint.tags.contains($0) } ?? true }
        self.publicURL = publicURL
        self.view = view
    }

    func render() -> [UInt8] {
        var schema = SchemaBuilder()
        schema.json.beginObject()
        schema.json.member("openapi", "3.1.0")
        writeInfo(&schema.json)
        writeTags(&schema.json)
        writePaths(&schema)
        if view == nil { writeWebhooks(&schema) }
        writeComponents(&schema)
        schema.json.endObject()
        return schema.json.bytes
    }

    private func writeInfo(_ json: inout JSONWriter) {
        json.name("info")
        json.beginObject()
        json.member("title", "CentralPay API")
        json.member("version", "1.0.0")
        json.member("summary", "Payments through several gateways, from one server of your own.")
        json.member(
            "description",
            "Sign each request: `X-Signature` is the lower-case hex HMAC-SHA256, keyed with the secret of the key, of "
                + "`timestamp.body`, byte for byte as sent; without a body of `timestamp.`. `X-Timestamp` is the time "
                + "in unix seconds, with milliseconds as a fraction. Amounts are in major units and exact.")
        json.endObject()
        json.name("servers")
        json.beginArray()
        json.beginObject()
        json.member("url", publicURL)
        json.endObject()
        json.endArray()
    }

    private func writeTags(_ json: inout JSONWriter) {
        json.name("tags")
        json.beginArray()
        for tag in EndpointTag.allCases where endpoints.contains(where: { $0.tags.contains(tag) }) {
            json.beginObject()
            json.member("name", tag.rawValue)
            json.name("description")
            json.string(tag.about.description)
            json.endObject()
        }
        json.endArray()
    }

    private func writePaths(_ schema: inout SchemaBuilder) {
        schema.json.name("paths")
        schema.json.beginObject()
        var done: [String] = []
        for path in endpoints.map(\.path) where !done.contains(path) {
            done.append(path)
            schema.json.name(path)
            schema.json.beginObject()
            for endpoint in endpoints where endpoint.path == path {
                schema.json.name(endpoint.method.text.lowercased())
                OpenAPIOperation(endpoint).write(to: &schema)
            }
            schema.json.endObject()
        }
        schema.json.endObject()
    }

    private func writeWebhooks(_ schema: inout SchemaBuilder) {
        schema.json.name("webhooks")
        schema.json.beginObject()
        for type in EventType.allCases {
            schema.json.name(type.rawValue)
            schema.json.raw(
                Array(
                    """
                    {"post":{"operationId":"on:\(type.rawValue)","summary":"\(type.rawValue)","description":"Answer \
                    2xx within 15 seconds. Check X-Signature as for requests, with the endpoint's secret.",\
                    "requestBody":{"required":true,"content":{"application/json":{"schema":\
                    {"$ref":"#/components/schemas/Event"}}}},"responses":{"2XX":{"description":"Received."}}}}
                    """.utf8))
        }
        schema.json.endObject()
    }

    private func writeComponents(_ schema: inout SchemaBuilder) {
        // Met here if nowhere before, so that every reference has its schema.
        var outer = schema.json
        schema.json = JSONWriter()
        schema.object(FailureEnvelope.self)
        if view == nil { schema.object(EventForm.self) }
        outer.name("components")
        outer.beginObject()
        outer.name("securitySchemes")
        outer.raw(
            Array(
                """
                {"apiKey":{"type":"apiKey","in":"header","name":"X-Api-Key","description":"The public key."},\
                "timestamp":{"type":"apiKey","in":"header","name":"X-Timestamp","description":"Unix seconds, with \
                milliseconds as a fraction."},"signature":{"type":"apiKey","in":"header","name":"X-Signature",\
                "description":"Hex HMAC-SHA256 of timestamp.body with the key's secret."}}
                """.utf8))
        outer.name("headers")
        outer.raw(
            Array(
                #"{"RequestID":{"description":"Names the request in logs.","schema":{"type":"string"}}}"#.utf8))
        outer.name("schemas")
        outer.beginObject()
        for (name, content) in schema.components {
            outer.name(name)
            outer.raw(content)
        }
        outer.endObject()
        outer.endObject()
        schema.json = outer
    }
}

extension JSONWriter {
    /// A member with a text.
    mutating func member(_ name: StaticString, _ text: String) {
        self.name(name)
        string(text)
    }
}
