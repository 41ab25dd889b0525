/// One plan that a customer may change to.
package struct PlanChoice: Sendable {
    package var id: String
    package var name: String
    package var description: String?
    /// Such as `€24.00 every month`.
    package var priceText: String
    package var isCurrent: Bool

    package init(id: String, name: String, description: String? = nil, priceText: String, isCurrent: Bool = false) {
        self.id = id
        self.name = name
        self.description = description
        self.priceText = priceText
        self.isCurrent = isCurrent
    }
}
