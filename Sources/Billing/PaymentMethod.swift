package import Fields
package import Runtime
package import Storage

/// What people are shown of the means of one payment; never a number or token.
package struct MethodSummary: Record, Equatable {
    /// `card`, `wallet`.
    package var type = ""
    package var brand: String?
    package var last4: String?

    package init() {}
    package static var schemaName: StaticString { "PaymentMethodSummary" }

    package init(type: String, brand: String? = nil, last4: String? = nil) {
        self.type = type
        self.brand = brand
        self.last4 = last4
    }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "type", &type)
        try visitor.field(2, "brand", &brand)
        try visitor.field(3, "last4", &last4)
    }
}

/// A method a customer left at a gateway for later charges.
package struct PaymentMethod: Entity, Equatable {
    package var id = PaymentMethodID.none
    package var application = ApplicationID.none
    package var customer = CustomerID.none
    package var type = ""
    package var brand: String?
    package var last4: String?
    package var expiryMonth: Int64?
    package var expiryYear: Int64?
    package var gateway = ""
    /// The gateway's token, sealed.
    package var token = Blob()
    package var isDefault = false
    package var createdAt = Timestamp(milliseconds: 0)
    package var removedAt: Timestamp?
    package var objectSequence: Int64 = 0
    /// When its gateway is next asked to forget it; nil while it is kept, and once it is forgotten.
    package var forgetAt: Timestamp?
    package var forgetTries: Int64 = 0
    /// Tells the method by the gateway's token without showing it: a keyed hash.
    package var digest = Blob()

    package init() {}
    package static var schemaName: StaticString { "PaymentMethod" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "id", &id)
        try visitor.stored(2, &application)
        try visitor.stored(3, &customer)
        try visitor.field(4, "type", &type)
        try visitor.field(5, "brand", &brand)
        try visitor.field(6, "last4", &last4)
        try visitor.field(7, "expiry_month", &expiryMonth)
        try visitor.field(8, "expiry_year", &expiryYear)
        try visitor.field(9, "gateway", &gateway)
        try visitor.stored(10, &token)
        try visitor.field(11, "is_default", &isDefault)
        try visitor.field(12, "created_at", &createdAt)
        try visitor.stored(13, &removedAt)
        try visitor.stored(14, &objectSequence)
        try visitor.stored(15, &forgetAt)
        try visitor.stored(16, &forgetTries)
        try visitor.stored(17, &digest)
    }

    package static let byCustomer = Index<PaymentMethod>(1)
    /// Those that their gateways have yet to forget.
    package static let byForgetting = Index<PaymentMethod>(2)
    /// Removed ones too: what their gateways still tell of them is to be forgotten with their customers.
    package static let byDigest = Index<PaymentMethod>(3)

    package static var tableNumber: UInt8 { Tables.paymentMethod }
    package static var name: StaticString { "payment_method" }
    package var primaryKey: Key { Key().adding(id) }

    package func indexEntries(into entries: inout IndexEntries) {
        if removedAt == nil { entries.add(Self.byCustomer, Key().adding(customer)) }
        if !digest.bytes.isEmpty { entries.add(Self.byDigest, Key(application, gateway).adding(digest.bytes)) }
        if let forgetAt { entries.add(Self.byForgetting, Key(application, forgetAt)) }
    }
}
