/// Who does something, from where, and why: what audit entries and events tell.
package struct Act: Sendable {
    /// `key:pk_…`, `buyer`, `gateway:sandbox_alpha`, `operator`, `system`.
    package let actor: String
    /// The address it came from; empty where that would be personal or there is none.
    package let source: String
    package let requestID: String
    package let reason: String?

    package init(actor: String, source: String = "", requestID: String = "", reason: String? = nil) {
        self.actor = actor
        self.source = source
        self.requestID = requestID
        self.reason = reason
    }

    package static let system = Act(actor: "system")
    package static let buyer = Act(actor: "buyer")
    package static func gateway(_ name: String) -> Act { Act(actor: "gateway:" + name) }

    package func because(_ reason: String?) -> Act {
        Act(actor: actor, source: source, requestID: requestID, reason: reason ?? self.reason)
    }
}
