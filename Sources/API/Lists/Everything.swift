package import Fields

/// The content of an answer that is a short list as a whole.
package struct Everything<Item: Resource>: Record {
    package var items: [Item] = []

    package init() {}

    init(_ items: [Item]) {
        self.items = items
    }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member(Item.listName, &items)
        var pagination = Pagination()
        pagination.limit = Int64(items.count)
        try visitor.member("pagination", &pagination)
    }
}
