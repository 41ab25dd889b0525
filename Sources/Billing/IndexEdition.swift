import Fields
import Storage

/// Up to which edition the indexes of one table are filled. Without a row it is the first.
struct IndexEdition: Entity {
    var table: Int64 = 0
    var edition: Int64 = 1

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &table)
        try visitor.stored(2, &edition)
    }

    static var tableNumber: UInt8 { Tables.indexEdition }
    static var name: StaticString { "index_edition" }
    var primaryKey: Key { Key(table) }
    func indexEntries(into entries: inout IndexEntries) {}

    static func of(_ row: any Entity.Type, in snapshot: Snapshot) -> Int64 {
        snapshot.get(IndexEdition.self, Key(Int64(row.tableNumber)))?.edition ?? 1
    }

    /// Notes that the table's indexes are filled as this program declares them.
    static func note(_ row: any Entity.Type, in transaction: Transaction) {
        var edition = IndexEdition()
        edition.table = Int64(row.tableNumber)
        edition.edition = row.indexEdition
        transaction.put(edition)
    }
}
