import Fields

enum DocumentView: String, Choice {
    case essentials, subscriptions, core
}

/// The query of `/openapi.json`.
struct OpenAPIQuery: Record {
    var view: DocumentView?

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("view", &view, "Only the operations with this tag.")
    }
}
