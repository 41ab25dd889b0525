/// An element without content, such as `input`.
package struct VoidElement: Sendable {
    package let name: StaticString

    init(_ name: StaticString) {
        self.name = name
    }

    /// Attributes that are nil are left out.
    package func callAsFunction(_ attributes: Attribute?...) -> Markup {
        .void(self, attributes.compactMap { $0 })
    }
}
