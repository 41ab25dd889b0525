package import Runtime

/// What is paid for: the content of the slip.
package struct OrderView: Sendable {
    /// One line of an invoice.
    package struct Line: Sendable {
        package var title: String
        /// A period, or a quantity and its price.
        package var note: String?
        package var amountText: String

        package init(title: String, note: String? = nil, amountText: String) {
            self.title = title
            self.note = note
            self.amountText = amountText
        }
    }

    /// The whole amount, as ``AmountText`` writes it.
    package var amountText: String
    /// Stands as the one line when `lines` is empty.
    package var description: String
    /// An invoice number, or another name the merchant knows it by.
    package var reference: String?
    package var lines: [Line]
    /// Between the lines and the last sum, such as credit that was used.
    package var sums: [Line] = []
    /// Stands under the double rule; nil for the total over `amountText`.
    package var finalSum: Line?
    /// Whether the total stands there when there is no `finalSum`.
    package var hasTotal = true
    /// When the page expires, or expired.
    package var expiresAt: Timestamp?

    package init(
        amountText: String, description: String, reference: String? = nil, lines: [Line] = [],
        expiresAt: Timestamp? = nil
    ) {
        self.amountText = amountText
        self.description = description
        self.reference = reference
        self.lines = lines
        self.expiresAt = expiresAt
    }
}
