import Fields

/// The content of an answer that is one page of a list.
struct Page<Item: Resource>: Record {
    var items: [Item] = []
    var pagination = Pagination()

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member(Item.listName, &items)
        try visitor.member("pagination", &pagination)
    }
}
