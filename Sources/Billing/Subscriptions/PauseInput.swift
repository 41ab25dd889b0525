package import Fields
package import Runtime

/// What pauses a subscription.
package struct PauseInput: Record {
    package var resumeAt: Timestamp?
    package var reason: String?

    package init() {}
    package static var schemaName: StaticString { "PauseInput" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("resume_at", &resumeAt, "Until resumed by a request when left out.")
        try visitor.member("reason", &reason, .length(0...500), "")
    }
}
