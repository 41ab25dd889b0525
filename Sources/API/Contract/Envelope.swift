import Fields
import JSON

/// A success as it is sent: `success`, then the members of the content.
struct Envelope<Content: Record>: Record {
    private var isSuccess = Always()
    private var content = Content()

    init() {}

    init(_ content: Content) {
        self.content = content
    }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("success", &isSuccess)
        try content.visit(&visitor)
    }

    /// The JSON of an answer, written straight into the buffer that becomes its body.
    static func render(_ content: Content) -> [UInt8] {
        var envelope = Envelope(content)
        var writer = JSONFieldWriter(JSONWriter(capacity: 1536))
        writer.json.beginObject()
        envelope.visit(&writer)
        writer.json.endObject()
        return writer.json.bytes
    }
}
