package import Fields

/// The input of a request whose body is `{}`, and the query of one that takes no parameters.
package struct NoInput: Record {
    package init() {}
    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {}
}
