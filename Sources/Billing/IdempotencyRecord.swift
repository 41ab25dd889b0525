package import Fields
package import Runtime
package import Storage

/// One use of an `Idempotency-Key`: bound to its request by the first transaction, kept 24 hours with the answer.
package struct IdempotencyRecord: Entity {
    package var application = ApplicationID.none
    package var key = ""
    /// SHA-256 of method, target and body.
    package var fingerprint = Blob()
    package var startedAt = Timestamp(milliseconds: 0)
    package var expiresAt = Timestamp(milliseconds: 0)
    /// Zero while the first request runs.
    package var status: Int64 = 0
    /// The answer's body, sealed.
    package var body = Blob()
    /// The identifier of the object the first transaction made or changed.
    package var objectID = ""

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &application)
        try visitor.stored(2, &key)
        try visitor.stored(3, &fingerprint)
        try visitor.stored(4, &startedAt)
        try visitor.stored(5, &expiresAt)
        try visitor.stored(6, &status)
        try visitor.stored(7, &body)
        try visitor.stored(8, &objectID)
    }

    package static let byExpiry = Index<IdempotencyRecord>(1)

    package static var tableNumber: UInt8 { Tables.idempotency }
    package static var name: StaticString { "idempotency" }
    package var primaryKey: Key { Self.key(application, key) }

    package static func key(_ application: ApplicationID, _ key: String) -> Key {
        Key().adding(application).adding(key)
    }

    package func indexEntries(into entries: inout IndexEntries) {
        entries.add(Self.byExpiry, Key().adding(expiresAt))
    }
}

/// A mutating request that was executed: its key and signature, until its timestamp has left the window. The
/// signature covers the timestamp, so the expiry can lead the key and expired rows are the first ones.
package struct ReplayRecord: Entity {
    package var expiresAt = Timestamp(milliseconds: 0)
    package var apiKey = ""
    package var signature = Blob()

    package init() {}

    package init(expiresAt: Timestamp, apiKey: String, signature: [UInt8]) {
        self.expiresAt = expiresAt
        self.apiKey = apiKey
        self.signature = Blob(signature)
    }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &expiresAt)
        try visitor.stored(2, &apiKey)
        try visitor.stored(3, &signature)
    }

    package static var tableNumber: UInt8 { Tables.replay }
    package static var name: StaticString { "replay" }
    package var primaryKey: Key { Key().adding(expiresAt).adding(apiKey).adding(signature.bytes) }
    package func indexEntries(into entries: inout IndexEntries) {}
}
