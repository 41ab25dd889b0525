package import Fields
package import Runtime
package import Storage

/// A one-time link to a customer's portal page.
package struct PortalSession: Entity {
    /// 128 random bits, as in the link. A GET shows a button; its POST consumes the link and opens the session.
    package var token = Blob()
    /// The 128 random bits of the opened session, which the portal's pages carry; empty until then.
    package var session = Blob()
    package var application = ApplicationID.none
    package var customer = CustomerID.none
    package var createdAt = Timestamp(milliseconds: 0)
    package var expiresAt = Timestamp(milliseconds: 0)
    package var consumedAt: Timestamp?
    package var returnURL: String?

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &token)
        try visitor.stored(2, &session)
        try visitor.stored(3, &application)
        try visitor.stored(4, &customer)
        try visitor.stored(5, &createdAt)
        try visitor.stored(6, &expiresAt)
        try visitor.stored(7, &consumedAt)
        try visitor.stored(8, &returnURL)
    }

    package static let bySession = Index<PortalSession>(1, isUnique: true)
    package static let byExpiry = Index<PortalSession>(2)

    package static var tableNumber: UInt8 { Tables.portalSession }
    package static var name: StaticString { "portal_session" }
    package var primaryKey: Key { Key().adding(token.bytes) }

    package func indexEntries(into entries: inout IndexEntries) {
        if !session.bytes.isEmpty { entries.add(Self.bySession, Key().adding(session.bytes)) }
        entries.add(Self.byExpiry, Key().adding(expiresAt))
    }
}
