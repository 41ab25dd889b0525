package import Fields
package import Runtime
package import Storage

/// A postal address; every part may be left out.
package struct Address: Record, Equatable {
    package var line1: String?
    package var line2: String?
    package var city: String?
    package var region: String?
    package var postalCode: String?
    package var country: String?

    package init() {}
    package static var schemaName: StaticString { "Address" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "line1", &line1, .length(0...200), "Street and number.")
        try visitor.field(2, "line2", &line2, .length(0...200), "")
        try visitor.field(3, "city", &city, .length(0...100), "")
        try visitor.field(4, "region", &region, .length(0...100), "State, province or county.")
        try visitor.field(5, "postal_code", &postalCode, .length(0...20), "")
        try visitor.field(6, "country", &country, .country, "ISO 3166-1 alpha-2.")
    }
}

/// Credit of a customer in one currency.
package struct Balance: Record, Equatable {
    package var amount = Money.zero(.none)

    package init() {}
    package static var schemaName: StaticString { "Balance" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "amount", &amount, "Credit in major units.")
        var currency = amount.currency
        try visitor.member("currency", &currency)
    }
}

/// A person or company that pays one application.
package struct Customer: Entity, Equatable {
    package var id = CustomerID.none
    package var application = ApplicationID.none
    package var email: String?
    package var name: String?
    package var phone: String?
    package var address: Address?
    package var balance: [Balance] = []
    package var defaultPaymentMethod: PaymentMethodID?
    package var metadata = Metadata()
    package var createdAt = Timestamp(milliseconds: 0)
    package var updatedAt = Timestamp(milliseconds: 0)
    /// Set once the person was forgotten; the row stays for the money trail.
    package var deletedAt: Timestamp?
    package var objectSequence: Int64 = 0

    package init() {}
    package static var schemaName: StaticString { "Customer" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "id", &id)
        try visitor.stored(2, &application)
        try visitor.field(
            3, "email", &email, .email, "Unique within the application, case-folded; null once forgotten.")
        try visitor.field(4, "name", &name)
        try visitor.field(5, "phone", &phone)
        try visitor.field(6, "address", &address)
        try visitor.field(7, "balance", &balance, "Credit, by currency.")
        try visitor.field(8, "default_payment_method", &defaultPaymentMethod)
        try visitor.field(9, "metadata", &metadata)
        try visitor.field(10, "created_at", &createdAt)
        try visitor.stored(11, &updatedAt)
        try visitor.stored(12, &deletedAt)
        try visitor.stored(13, &objectSequence)
    }

    package static let byApplication = Index<Customer>(1)
    package static let byEmail = Index<Customer>(2, isUnique: true)

    package static var tableNumber: UInt8 { Tables.customer }
    package static var name: StaticString { "customer" }
    package var primaryKey: Key { Key().adding(id) }

    package func indexEntries(into entries: inout IndexEntries) {
        guard deletedAt == nil else { return }
        entries.add(Self.byApplication, Key().adding(application))
        if let email {
            entries.add(Self.byEmail, Self.emailKey(application, email))
        }
    }

    /// The key of the unique index: addresses that differ only in case are one.
    package static func emailKey(_ application: ApplicationID, _ email: String) -> Key {
        Key().adding(application).adding(email.lowercased())
    }
}

/// What other objects show of their customer.
package struct CustomerSummary: Record, Equatable {
    package var id = CustomerID.none
    package var email: String?
    package var name: String?

    package init() {}
    package static var schemaName: StaticString { "CustomerSummary" }

    package init(_ customer: Customer) {
        id = customer.id
        email = customer.email
        name = customer.name
    }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "id", &id)
        try visitor.field(2, "email", &email, "Null once the customer was forgotten.")
        try visitor.field(3, "name", &name)
    }
}

/// The key that seals one customer's personal data in events, audit entries and gateway events. Deleting the row
/// makes all of them unreadable, while hashes over the sealed bytes stay intact.
package struct CustomerKey: Entity {
    package var customer = CustomerID.none
    /// 32 bytes, sealed under the master key.
    package var key = Blob()

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &customer)
        try visitor.stored(2, &key)
    }

    package static var tableNumber: UInt8 { Tables.customerKey }
    package static var name: StaticString { "customer_key" }
    package var primaryKey: Key { Key().adding(customer) }
    package func indexEntries(into entries: inout IndexEntries) {}
}
