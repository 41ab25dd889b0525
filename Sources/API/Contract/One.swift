package import Fields

/// The content of an answer that is one object under its name.
package struct One<Item: Resource>: Record {
    package var item = Item()

    package init() {}

    init(_ item: Item) {
        self.item = item
    }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member(Item.resourceName, &item)
    }
}
