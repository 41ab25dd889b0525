import Fields

@testable import Storage

/// A table for tests: a unique index by name, and a plain one by color and number.
struct Note: Entity, Equatable {
    static let tableNumber: UInt8 = 9
    static let name: StaticString = "note"
    static let byName = Index<Note>(1, isUnique: true)
    static let byColor = Index<Note>(2)

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
        if !color.isEmpty { entries.add(Self.byColor, Key(color, Descending(Int64(text.utf8.count)))) }
    }
}
