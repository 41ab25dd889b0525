import Fields
import Storage

/// A record of the storage scenarios: a unique index by name, another one by color.
struct Item: Entity, Equatable {
    static let tableNumber: UInt8 = 7
    static let name: StaticString = "item"
    static let byName = Index<Item>(1, isUnique: true)
    static let byColor = Index<Item>(2)

    var id: Int64 = 0
    var name = ""
    var color = ""
    var text = ""

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &id)
        try visitor.stored(2, &name)
        try visitor.stored(3, &color)
        try visitor.stored(4, &text)
    }

    var primaryKey: Key { Key(id) }

    func indexEntries(into entries: inout IndexEntries) {
        if !name.isEmpty { entries.add(Self.byName, Key(name)) }
        if !color.isEmpty { entries.add(Self.byColor, Key(color)) }
    }
}
