import Fields

/// The content of an answer that is a short list as a whole.
struct Everything<Item: Resource>: Record {
    var items: [Item] = []

    init() {}

    init(_ items: [Item]) {
        self.items = items
    }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member(Item.listName, &items)
        var pagination = Pagination()
        pagination.limit = Int64(items.count)
        try visitor.member("pagination", &pagination)
    }
}
