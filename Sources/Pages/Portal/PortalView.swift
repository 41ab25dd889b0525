package import Runtime

/// What a customer sees of the own account at a merchant.
package struct PortalView: Sendable {
    /// One invoice, newest first.
    package struct Invoice: Sendable {
        package var number: String
        package var state: InvoiceState
        package var amountText: String
        package var dueAt: Timestamp?
        /// The page to pay it at, while it is open.
        package var payPath: String?
        /// The printable document.
        package var documentPath: String?

        package init(
            number: String, state: InvoiceState, amountText: String, dueAt: Timestamp? = nil, payPath: String? = nil,
            documentPath: String? = nil
        ) {
            self.number = number
            self.state = state
            self.amountText = amountText
            self.dueAt = dueAt
            self.payPath = payPath
            self.documentPath = documentPath
        }
    }

    /// One saved card.
    package struct Card: Sendable {
        package var id: String
        package var brand: String
        package var last4: String
        /// Such as `04 / 29`.
        package var expiryText: String
        package var isDefault: Bool

        package init(id: String, brand: String, last4: String, expiryText: String, isDefault: Bool) {
            self.id = id
            self.brand = brand
            self.last4 = last4
            self.expiryText = expiryText
            self.isDefault = isDefault
        }
    }

    package var language: Language
    package var merchant: MerchantView
    package var customerEmail: String
    /// Where the account lives, such as `/portal/{session}`, without a slash at the end.
    package var basePath: String
    package var csrf: String
    package var invoices: [Invoice]
    package var cards: [Card]
    package var subscriptions: [Subscription]
    package var notice: Notice?
    package var details: Details
    /// The merchant's page that the customer came from.
    package var returnURL: String?
    /// Whether a card can be added here.
    package var canAddCard: Bool
    package var isTest: Bool

    package init(
        language: Language = .english, merchant: MerchantView, customerEmail: String, basePath: String, csrf: String,
        invoices: [Invoice] = [], cards: [Card] = [], subscriptions: [Subscription] = [], notice: Notice? = nil,
        details: Details = Details(), returnURL: String? = nil, canAddCard: Bool = false, isTest: Bool = false
    ) {
        self.language = language
        self.merchant = merchant
        self.customerEmail = customerEmail
        self.basePath = basePath
        self.csrf = csrf
        self.invoices = invoices
        self.cards = cards
        self.subscriptions = subscriptions
        self.notice = notice
        self.details = details
        self.returnURL = returnURL
        self.canAddCard = canAddCard
        self.isTest = isTest
    }

    func say(_ phrase: Phrase, _ values: (Placeholder, String)...) -> FilledPhrase {
        FilledPhrase(phrase, in: language, values + [(.merchant, merchant.name)])
    }
}
