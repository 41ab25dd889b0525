import Fields
import Storage

/// Another table, so that flushes make several segments: it grows, one record for each transaction.
struct Line: Entity, Equatable {
    static let tableNumber: UInt8 = 8
    static let name: StaticString = "line"

    var number: Int64 = 0
    var text = ""

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &number)
        try visitor.stored(2, &text)
    }

    var primaryKey: Key { Key(number) }
}
