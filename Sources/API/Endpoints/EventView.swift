import Billing
import Bytes
import Fields
import JSON
import Runtime
import Storage

/// An event as it is delivered and shown; its JSON is made by the renderer.
struct EventView: Resource {
    static var resourceName: StaticString { "event" }
    static var listName: StaticString { "events" }

    private let rendered: [UInt8]

    init() {
        rendered = []
    }

    init(_ event: Event, _ ledger: Ledger, in snapshot: Snapshot) {
        rendered = EventRenderer(ledger).json(event, in: snapshot)
    }

    static var isText: Bool { true }
    var isDefault: Bool { true }

    /// Nothing: views are not stored.
    func encode(into writer: inout ByteWriter) {}
    static func decode(from reader: inout ByteReader) throws(Truncated) -> EventView { throw Truncated() }
    static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> EventView? { nil }
    func write(to json: inout JSONWriter) { json.raw(rendered) }

    static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.object(EventForm.self)
    }
}

/// The members of an event, for its schema.
struct EventForm: Record {
    init() {}
    static var schemaName: StaticString { "Event" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        var id = EventID.none
        var type = EventType.paymentPending
        var createdAt = Timestamp(milliseconds: 0)
        var mode = Mode.test
        var number: Int64 = 0
        var object = AnyObjectForm()
        var actor = ""
        var reason: String?
        try visitor.member("id", &id)
        try visitor.member("type", &type)
        try visitor.member("created_at", &createdAt)
        try visitor.member("mode", &mode)
        try visitor.member("sequence", &number, "For each application, without gaps.")
        try visitor.member("object_sequence", &number, "For each object, without gaps.")
        try visitor.member("data", &object, "The object as it was.")
        try visitor.member("previous", &object, "The members that changed, as they were before.")
        try visitor.member("actor", &actor)
        try visitor.member("reason", &reason)
    }
}

/// Any JSON object, in a schema.
struct AnyObjectForm: FieldValue {
    static var isText: Bool { true }
    var isDefault: Bool { true }
    func encode(into writer: inout ByteWriter) {}
    static func decode(from reader: inout ByteReader) throws(Truncated) -> AnyObjectForm { throw Truncated() }
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.endObject()
    }
    static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> AnyObjectForm? { nil }

    static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.scalar("object", about)
    }
}
