import Fields

/// The content of an answer that is one object under its name.
struct One<Item: Resource>: Record {
    var item = Item()

    init() {}

    init(_ item: Item) {
        self.item = item
    }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member(Item.resourceName, &item)
    }
}
