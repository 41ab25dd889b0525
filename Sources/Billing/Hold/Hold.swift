package import Fields
package import Runtime
package import Storage

/// Why the outward effects of live applications wait.
package enum HoldReason: String, Choice {
    /// The data came back from a backup: what was paid or refunded since is not in it.
    case restored
    /// The data is on another machine, so the one it came from may still be serving.
    case machineChanged = "machine_changed"
    /// The clock is more than a day from where it was last seen: it is wrong, or the server was away for long.
    case clockJumped = "clock_jumped"
}

/// While it is there, nothing due runs for live applications: no charge, no refund and no webhook leaves, and no
/// checkout begins, until the operator releases it. There is at most one in a store.
package struct Hold: Entity, Equatable {
    package var reason = HoldReason.restored
    /// For people; each further reason adds a sentence.
    package var detail = ""
    /// By the server's clock.
    package var since = Timestamp(milliseconds: 0)

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "reason", &reason)
        try visitor.field(2, "detail", &detail)
        try visitor.field(3, "since", &since)
    }

    package static var tableNumber: UInt8 { Tables.hold }
    package static var name: StaticString { "hold" }
    package static let key = Key().adding(UInt8(0))
    package var primaryKey: Key { Self.key }
    package func indexEntries(into entries: inout IndexEntries) {}
}
