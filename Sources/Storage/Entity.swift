package import Fields

/// A record that has a table of its own: a primary key, and the index entries that are kept with it.
package protocol Entity: Record {
    /// The table's permanent number, 1 to 255.
    static var tableNumber: UInt8 { get }
    static var name: StaticString { get }
    /// Rises by one whenever the table gets a new index, whose entries older records then lack.
    static var indexEdition: Int64 { get }
    /// Never changes while the record exists.
    var primaryKey: Key { get }
    /// Adds the entries this record has in the table's indexes; the store calls it for the old and the new record
    /// and writes the difference.
    func indexEntries(into entries: inout IndexEntries)
}

extension Entity {
    package func indexEntries(into entries: inout IndexEntries) {}
    package static var indexEdition: Int64 { 1 }
}

/// One index of a table: `static let byCustomer = Index<Payment>(2)`.
package struct Index<Record: Entity>: Sendable {
    /// Permanent within the table, 1 to 255.
    package let number: UInt8
    /// Whether at most one record can have a key.
    package let isUnique: Bool

    package init(_ number: UInt8, isUnique: Bool = false) {
        precondition(number > 0, "index 0 is the table itself")
        self.number = number
        self.isUnique = isUnique
    }
}
