import Billing
import Fields
import Runtime
import Storage

/// The filters of `GET /events`.
struct EventFilter: Record {
    var type: EventType?
    var object: String?
    var createdFrom: Timestamp?
    var createdTo: Timestamp?

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("type", &type)
        try visitor.member("object_id", &object, .length(1...64), "Events of this object alone.")
        try visitor.member("created_from", &createdFrom, "At or after.")
        try visitor.member("created_to", &createdTo, "At or before.")
    }

    /// Events are kept in order of their sequence, which is their order of creation.
    func plan(_ application: ApplicationID, _ ledger: Ledger) -> ListPlan<Event, EventView> {
        let wanted = self
        var filter: (@Sendable (Event) -> Bool)?
        if type != nil || object != nil || createdFrom != nil || createdTo != nil {
            filter = { event in
                if let type = wanted.type, event.type != type { return false }
                if let object = wanted.object, event.objectID != object { return false }
                if let from = wanted.createdFrom, event.createdAt < from { return false }
                if let to = wanted.createdTo, event.createdAt.seconds > to.seconds { return false }
                return true
            }
        }
        return ListPlan(
            nil, prefix: Key(application), filter: filter, show: { EventView($0, ledger, in: $1) })
    }
}
