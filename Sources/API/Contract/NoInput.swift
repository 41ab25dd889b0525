import Fields

/// The input of a request whose body is `{}`, and the query of one that takes no parameters.
struct NoInput: Record {
    init() {}
    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {}
}
