package import Fields
package import Runtime
package import Storage

/// What a key may do.
package enum Scope: String, Choice {
    case read, write
}

/// A pair of a public key and a secret that signs requests of one application.
package struct APIKey: Entity {
    /// The public key, such as `pk_test_…`; what `X-Api-Key` carries.
    package var key = ""
    package var application = ApplicationID.none
    package var scopes: [Scope] = [.read, .write]
    /// The secret, sealed with the key's text as context.
    package var secret = Blob()
    /// The secret before the last roll, sealed; valid until `previousUntil`.
    package var previousSecret = Blob()
    package var previousUntil: Timestamp?
    /// CIDR blocks from which requests are accepted; empty for everywhere.
    package var allowedNetworks: [String] = []
    /// Requests a second; zero takes the server's default, -1 sets no limit.
    package var rateLimit: Int64 = 0
    package var createdAt = Timestamp(milliseconds: 0)
    package var lastUsedAt: Timestamp?
    package var revokedAt: Timestamp?

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "api_key", &key)
        try visitor.field(2, "application", &application)
        try visitor.field(3, "scopes", &scopes)
        try visitor.stored(4, &secret)
        try visitor.stored(5, &previousSecret)
        try visitor.field(6, "previous_secret_until", &previousUntil)
        try visitor.field(7, "allowed_networks", &allowedNetworks)
        try visitor.field(8, "rate_limit", &rateLimit)
        try visitor.field(9, "created_at", &createdAt)
        try visitor.field(10, "last_used_at", &lastUsedAt)
        try visitor.field(11, "revoked_at", &revokedAt)
    }

    package static let byApplication = Index<APIKey>(1)

    package static var tableNumber: UInt8 { Tables.apiKey }
    package static var name: StaticString { "api_key" }
    package var primaryKey: Key { Key().adding(key) }

    package func indexEntries(into entries: inout IndexEntries) {
        entries.add(Self.byApplication, Key().adding(application))
    }
}
