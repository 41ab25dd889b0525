package import Runtime

/// What the pages of one payment show.
package struct CheckoutView: Sendable {
    /// A warning that the page closes soon.
    package struct ClosingSoon: Sendable {
        package var closesAt: Timestamp
        /// Until when the button keeps it open; nil when that is not possible any more.
        package var extendsTo: Timestamp?

        package init(closesAt: Timestamp, extendsTo: Timestamp? = nil) {
            self.closesAt = closesAt
            self.extendsTo = extendsTo
        }
    }

    /// What the buyer's act is for.
    package enum Purpose: Sendable, Equatable {
        case pay
        /// A method is saved for later: for one subscription, or for all of the customer's.
        case save(isForSubscription: Bool)
        /// A method is saved for a subscription, which charges what it owes to it at once.
        case saveAndPay
    }

    package var purpose = Purpose.pay
    /// The title of the page on which a method is chosen; nil for that of a payment.
    package var pageTitle: String?
    /// Stands over the ways to pay, such as which card is charged at present.
    package var remark: String?
    /// A way out where there is nothing to cancel: the merchant's page, or one of ours.
    package var backURL: String?
    package var language: Language
    package var merchant: MerchantView
    package var order: OrderView
    package var customerEmail: String?
    package var paths: CheckoutPaths
    /// The hidden field `csrf` of every form.
    package var csrf: String
    /// The ways to pay, in the merchant's order.
    package var methods: [MethodView]
    /// The gateway whose radio is chosen; nil chooses the first.
    package var chosenMethod: String?
    package var cardForm: CardFormView
    /// Whether the buyer may cancel the payment.
    package var isCancellable: Bool
    package var isTest: Bool
    package var closingSoon: ClosingSoon?
    /// Other languages offered at the foot of the page.
    package var offeredLanguages: [Language]

    package init(
        language: Language = .english, merchant: MerchantView, order: OrderView, customerEmail: String? = nil,
        token: String, csrf: String, methods: [MethodView] = [], chosenMethod: String? = nil,
        cardForm: CardFormView = CardFormView(), isCancellable: Bool = true, isTest: Bool = false,
        closingSoon: ClosingSoon? = nil, offeredLanguages: [Language] = []
    ) {
        self.language = language
        self.merchant = merchant
        self.order = order
        self.customerEmail = customerEmail
        paths = CheckoutPaths(token: token)
        self.csrf = csrf
        self.methods = methods
        self.chosenMethod = chosenMethod
        self.cardForm = cardForm
        self.isCancellable = isCancellable
        self.isTest = isTest
        self.closingSoon = closingSoon
        self.offeredLanguages = offeredLanguages
    }

    var title: String { pageTitle ?? say(.payTitle).plain }

    /// A phrase in the page's language, with the merchant's name and the amount already filled in.
    func say(_ phrase: Phrase, _ values: (Placeholder, String)...) -> FilledPhrase {
        FilledPhrase(
            phrase, in: language, values + [(.merchant, merchant.name), (.amount, order.amountText)])
    }

    /// A phrase that says when.
    func say(_ phrase: Phrase, _ moment: Timestamp, _ style: MomentStyle) -> FilledPhrase {
        FilledPhrase(
            phrase, in: language, [(.merchant, merchant.name), (.amount, order.amountText)], moment: (moment, style))
    }
}
