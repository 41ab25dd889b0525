import Billing
import Fields
import Runtime

/// A portal session as it is answered once.
struct PortalSessionView: Record, Resource {
    static var resourceName: StaticString { "portal_session" }
    static var listName: StaticString { "portal_sessions" }

    var url = ""
    var expiresAt = Timestamp(milliseconds: 0)

    init() {}
    static var schemaName: StaticString { "PortalSession" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("url", &url, "One-time link for the customer.")
        try visitor.member("expires_at", &expiresAt)
    }
}

/// What asks for a portal session.
struct PortalSessionInput: Record {
    var returnURL: String?

    init() {}
    static var schemaName: StaticString { "PortalSessionInput" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("return_url", &returnURL, .url, "Where the portal leads back to.")
    }
}
