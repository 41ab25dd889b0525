package import Fields
package import Runtime
package import Storage

/// One merchant's account on this server: its own keys, gateways, customers and payments.
package struct Application: Entity {
    package var id = ApplicationID.none
    package var name = ""
    package var mode = Mode.test
    package var createdAt = Timestamp(milliseconds: 0)
    /// Whether only version 2 of the request signature is accepted.
    package var requiresSignatureV2 = false
    /// The secret that signs returns to the merchant's site, sealed.
    package var returnSecret = Blob()
    /// `#rrggbb` or empty.
    package var brandColour = ""
    /// The colour in dark mode, or empty for the proposed one.
    package var brandColourDark = ""
    package var logo = Blob()
    /// `image/png`, `image/jpeg`, `image/webp` or `image/svg+xml`; empty without a logo.
    package var logoType = ""
    /// Set when the operator removed the application; its keys no longer work.
    package var archivedAt: Timestamp?
    package var objectSequence: Int64 = 0
    /// How its subscriptions are billed and collected.
    package var billing = BillingSettings()
    /// What its customers may do by themselves.
    package var portal = PortalSettings()

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "id", &id)
        try visitor.field(2, "name", &name)
        try visitor.field(3, "mode", &mode)
        try visitor.field(4, "created_at", &createdAt)
        try visitor.field(5, "requires_signature_v2", &requiresSignatureV2)
        try visitor.stored(6, &returnSecret)
        try visitor.field(7, "brand_colour", &brandColour)
        try visitor.field(8, "brand_colour_dark", &brandColourDark)
        try visitor.stored(9, &logo)
        try visitor.field(10, "logo_type", &logoType)
        try visitor.field(11, "archived_at", &archivedAt)
        try visitor.stored(12, &objectSequence)
        try visitor.field(13, "billing", &billing)
        try visitor.field(14, "portal", &portal)
    }

    package static var tableNumber: UInt8 { Tables.application }
    package static var name: StaticString { "application" }
    package var primaryKey: Key { Key().adding(id) }
    package func indexEntries(into entries: inout IndexEntries) {}
}
