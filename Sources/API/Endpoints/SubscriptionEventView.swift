import Billing
import Bytes
import Fields
import JSON
import Storage

/// An event as a line of a subscription's audit trail; its JSON is made by the renderer.
struct SubscriptionEventView: Resource {
    static var resourceName: StaticString { "event" }
    static var listName: StaticString { "events" }

    private let rendered: [UInt8]

    init() {
        rendered = []
    }

    init(_ event: Event, _ ledger: Ledger, in snapshot: Snapshot) {
        rendered = EventRenderer(ledger).trailJSON(event, in: snapshot)
    }

    static var isText: Bool { true }
    var isDefault: Bool { true }

    /// Nothing: views are not stored.
    func encode(into writer: inout ByteWriter) {}
    static func decode(from reader: inout ByteReader) throws(Truncated) -> SubscriptionEventView { throw Truncated() }
    static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> SubscriptionEventView? {
        nil
    }
    func write(to json: inout JSONWriter) { json.raw(rendered) }

    static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.object(SubscriptionEventForm.self)
    }
}

/// The members of such an event, for its schema.
struct SubscriptionEventForm: Record {
    init() {}
    static var schemaName: StaticString { "SubscriptionEvent" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        var event = EventForm()
        var subscription = SubscriptionID.none
        var changes = [ChangeForm()]
        try event.visit(&visitor)
        try visitor.member("subscription_id", &subscription)
        try visitor.member("changes", &changes, "Each member that changed; empty for a new object.")
    }
}

/// One change, for its schema.
struct ChangeForm: Record {
    init() {}
    static var schemaName: StaticString { "Change" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        var field = ""
        var value = AnyValueForm()
        try visitor.member("field", &field)
        try visitor.member("from", &value)
        try visitor.member("to", &value)
    }
}

/// Any JSON value, in a schema.
struct AnyValueForm: FieldValue {
    static var isText: Bool { true }
    var isDefault: Bool { true }
    func encode(into writer: inout ByteWriter) {}
    static func decode(from reader: inout ByteReader) throws(Truncated) -> AnyValueForm { throw Truncated() }
    func write(to json: inout JSONWriter) { json.null() }
    static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> AnyValueForm? { nil }

    static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.json.raw(Array("{}".utf8))
    }
}
