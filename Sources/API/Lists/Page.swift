package import Fields

/// The content of an answer that is one page of a list.
package struct Page<Item: Resource>: Record {
    package var items: [Item] = []
    package var pagination = Pagination()

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member(Item.listName, &items)
        try visitor.member("pagination", &pagination)
    }
}
