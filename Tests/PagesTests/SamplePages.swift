import Pages
import Runtime

/// Every page there is, as a merchant with a brand and a careful customer would see it.
enum SamplePages {
    static let token = "0f8a2f4c9b3d4e5f8a7b6c5d4e3f2a1b"
    static let moment = Timestamp(seconds: 1_736_942_702)

    static func merchant(_ name: String = "Cacao Lane") -> MerchantView {
        MerchantView(
            name: name,
            brand: BrandColour("#5b3320").flatMap { BrandStyle(colour: $0, darkTwin: BrandColour("#dcb48f")) },
            termsURL: "https://cacaolane.example/terms", privacyURL: "https://cacaolane.example/privacy")
    }

    static func view(
        language: Language = .english, merchantName: String = "Cacao Lane", description: String = "Tasting box",
        reference: String? = "INV-2025-000214"
    ) -> CheckoutView {
        let amount = AmountText.format(
            minorUnits: 4680, currency: "EUR", fractionDigits: 2, language: language)
        let order = OrderView(
            amountText: amount, description: description, reference: reference,
            lines: [
                OrderView.Line(
                    title: description, note: "15 Jan to 14 Feb 2025",
                    amountText: AmountText.format(
                        minorUnits: 2400, currency: "EUR", fractionDigits: 2, language: language)),
                OrderView.Line(
                    title: "Dark 72% bar, sea salt", note: "3 × €6.00",
                    amountText: AmountText.format(
                        minorUnits: 1800, currency: "EUR", fractionDigits: 2, language: language)),
                OrderView.Line(
                    title: "Delivery to Porto",
                    amountText: AmountText.format(
                        minorUnits: 480, currency: "EUR", fractionDigits: 2, language: language)),
            ], expiresAt: moment.adding(seconds: 86_400))
        return CheckoutView(
            language: language, merchant: merchant(merchantName), order: order, customerEmail: "maya@example.com",
            token: token, csrf: "csrf-of-the-page",
            methods: [
                MethodView(
                    gateway: "sandbox_alpha", name: "Card", kind: .card, marks: ["Visa", "Mastercard", "Amex"]),
                MethodView(gateway: "sandbox_beta", name: "Beta Wallet", kind: .wallet),
                MethodView(gateway: "paypal", name: "PayPal", kind: .redirect, note: "at PayPal"),
            ],
            cardForm: CardFormView(
                holderName: "Maya Lindqvist", offersSaving: true,
                testCards: [
                    CardFormView.TestCard(number: "4242 4242 4242 4242", meaning: "Pays"),
                    CardFormView.TestCard(number: "4000 0000 0000 9995", meaning: "Declined: not enough money"),
                    CardFormView.TestCard(number: "4000 0000 0000 3220", meaning: "Asks the bank first"),
                ]), isTest: true, offeredLanguages: [.english, .portuguese])
    }

    static func portal(_ language: Language = .english) -> PortalView {
        PortalView(
            language: language, merchant: merchant(), customerEmail: "maya@example.com", basePath: "/portal/s/\(token)",
            csrf: "csrf-of-the-page",
            invoices: [
                PortalView.Invoice(
                    number: "INV-2025-000214", state: .overdue, amountText: "€46.80", dueAt: moment,
                    payPath: "/checkout/\(token)", documentPath: "/portal/s/\(token)/invoices/1"),
                PortalView.Invoice(
                    number: "INV-2025-000180", state: .paid, amountText: "€28.80",
                    documentPath: "/portal/s/\(token)/invoices/2"),
            ],
            cards: [
                PortalView.Card(id: "pm_1", brand: "Visa", last4: "4242", expiryText: "04 / 29", isDefault: true),
                PortalView.Card(
                    id: "pm_2", brand: "Mastercard", last4: "4444", expiryText: "11 / 27", isDefault: false),
            ],
            subscriptions: [
                PortalView.Subscription(
                    id: "sub_1", plan: "Tasting box", priceText: "€24.00 every month", state: .active,
                    coming: .renews(moment), card: "Visa ending 4242",
                    changeText: "Changes to Quiet box on 15 January 2025", canChangePlan: true),
                PortalView.Subscription(
                    id: "sub_2", plan: "Quiet box", priceText: "€14.00 every month", state: .pastDue,
                    coming: .ends(moment), canChangePlan: true),
                PortalView.Subscription(
                    id: "sub_3", plan: "Trial box", priceText: "€9.00 every week", state: .trialing,
                    coming: .trialEnds(moment), isCancellable: false),
                PortalView.Subscription(id: "sub_4", plan: "Old box", priceText: "€9.00 every week", state: .cancelled),
            ], notice: .cardSaved,
            details: PortalView.Details(
                name: "Maya Lindqvist", phone: "+351 220 000 000",
                address: ["Rua das Flores 12", "4050-262 Porto", "PT"], credit: ["€3.20"]),
            returnURL: "https://cacaolane.example/account", canAddCard: true)
    }

    /// The pages by name.
    static func all(_ language: Language = .english) -> [(name: String, page: Page)] {
        let view = view(language: language)
        let receipt = ReceiptView(
            payment: "019469d9c110ea7b5eb561a421636369", paidWith: "Visa ending 4242", paidAt: moment)
        var plain = view
        plain.order.lines = []
        plain.order.reference = nil
        plain.merchant.brand = nil
        plain.isTest = false
        var wrong = view
        wrong.cardForm.problems = [.expiryPast, .codeMissing]
        wrong.cardForm.expiry = "11 / 24"
        wrong.cardForm.isRepeated = true
        wrong.closingSoon = CheckoutView.ClosingSoon(closesAt: moment, extendsTo: moment.adding(seconds: 1800))
        var allWrong = plain
        allWrong.cardForm.problems = [.numberInvalid, .nameMissing, .expiryInvalid, .codeInvalid]
        allWrong.cardForm.testCards = []
        var none = view
        none.methods = []
        var empty = portal(language)
        empty.cards = []
        empty.invoices = []
        empty.subscriptions = []
        empty.notice = nil
        empty.canAddCard = false
        let account = portal(language)
        let shop = "https://cacaolane.example/thanks?order=7"
        var pages: [(String, Page)] = [
            ("choose", CheckoutPages.choose(view)), ("choose-plain", CheckoutPages.choose(plain)),
            ("errors", CheckoutPages.choose(wrong)), ("errors-all", CheckoutPages.choose(allWrong)),
            ("no-methods", CheckoutPages.choose(none)),
            ("declined", CheckoutPages.declined(view, reason: .funds)),
            ("declined-wallet", CheckoutPages.declined(view, reason: .wallet("Beta Wallet"))),
            ("declined-trouble", CheckoutPages.declined(plain, reason: .trouble("PayPal"))),
            ("wallet", CheckoutPages.wallet(view, name: "Beta Wallet")),
            ("challenge", CheckoutPages.challenge(view, last4: "3220")),
            ("confirming", CheckoutPages.confirming(view, details: "Visa ending 4242", state: "processing")),
            ("confirm-cancel", CheckoutPages.confirmCancel(view)),
            ("success", CheckoutPages.success(view, receipt: receipt, returnURL: shop)),
            ("success-leave", CheckoutPages.success(view, receipt: receipt, returnURL: shop, leavesAtOnce: true)),
            ("success-receipt", CheckoutPages.success(plain, receipt: receipt, returnURL: nil)),
            ("already-paid", CheckoutPages.alreadyPaid(view, receipt: receipt, returnURL: shop)),
            ("leaving", CheckoutPages.leaving(view, to: "https://paypal.example/pay/1", place: "PayPal")),
            ("cancelled", CheckoutPages.cancelled(view, backURL: shop)),
            ("expired", CheckoutPages.expired(view, backURL: shop)),
            ("not-found", TroublePages.notFound(language)),
            ("unavailable", TroublePages.unavailable(language, merchant: merchant(), retryPath: "/checkout/\(token)")),
            ("too-many", TroublePages.tooMany(language, retryPath: "/checkout/\(token)", retryAfterSeconds: 40)),
            ("stale", TroublePages.staleForm(language, merchant: merchant(), backPath: "/checkout/\(token)")),
            (
                "portal-open",
                PortalPages.open(language: language, merchant: merchant(), openPath: "/portal/x", csrf: "c")
            ),
            ("portal-spent", PortalPages.spent(language: language, merchant: merchant())),
            ("portal", PortalPages.account(account)), ("portal-empty", PortalPages.account(empty)),
            ("portal-remove", PortalPages.confirmRemoval(account, card: account.cards[0])),
            (
                "portal-cancel",
                PortalPages.confirmCancellation(account, subscription: account.subscriptions[0], endsAt: moment)
            ),
            ("start", StartPage.page(start)),
        ]
        pages += invoices(language) + setups(language) + changes(language)
        for method in view.methods {
            if let page = CheckoutPages.start(view, gateway: method.gateway) {
                pages.append(("start-\(method.gateway)", page))
            }
        }
        return pages
    }

    /// The page of an invoice in each of its states.
    static func invoices(_ language: Language) -> [(String, Page)] {
        var base = view(language: language)
        base.paths = CheckoutPaths(folder: "invoice", token: token)
        base.order.hasTotal = false
        base.order.sums = [OrderView.Line(title: language.text(.creditApplied), amountText: "−€5.00")]
        base.order.finalSum = OrderView.Line(title: language.text(.amountDue), amountText: base.order.amountText)
        func page(_ state: InvoiceView.State, _ change: (inout InvoiceView) -> Void = { _ in }) -> Page {
            var view = InvoiceView(page: base, number: "INV-2025-000214", state: state, dueAt: moment, paidAt: moment)
            change(&view)
            return InvoicePages.page(view)
        }
        return [
            ("invoice-open", page(.payable(isOverdue: false, isGivenUp: false))),
            ("invoice-overdue", page(.payable(isOverdue: true, isGivenUp: false)) { $0.hasFailed = true }),
            ("invoice-automatic", page(.payable(isOverdue: false, isGivenUp: false)) { $0.chargesAt = moment }),
            ("invoice-given-up", page(.payable(isOverdue: false, isGivenUp: true)) { $0.dueAt = nil }),
            ("invoice-processing", page(.processing)), ("invoice-paid", page(.paid)),
            ("invoice-settled", page(.paid) { $0.hasReceivedMoney = false }), ("invoice-void", page(.void)),
        ]
    }

    /// The pages on which a method is saved.
    static func setups(_ language: Language) -> [(String, Page)] {
        var view = view(language: language)
        view.paths = CheckoutPaths(folder: "setup", token: token)
        view.purpose = .save(isForSubscription: true)
        view.isCancellable = false
        view.backURL = "https://cacaolane.example/account"
        view.pageTitle = "Card for Tasting box"
        view.order.amountText = "€0.00"
        view.order.reference = nil
        view.order.finalSum = OrderView.Line(title: "First charge on 15 January 2025", amountText: "€46.80")
        view.cardForm.offersSaving = false
        var owing = view
        owing.purpose = .saveAndPay
        owing.order.amountText = "€46.80"
        owing.remark = "Charged to Visa ending 4242"
        var wrong = owing
        wrong.cardForm.problems = [.numberInvalid]
        var account = view
        account.purpose = .save(isForSubscription: false)
        account.backURL = "/portal/session/\(token)?notice=saved"
        return [
            ("setup", CheckoutPages.choose(view)), ("setup-owing", CheckoutPages.choose(owing)),
            ("setup-errors", CheckoutPages.choose(wrong)), ("setup-account", CheckoutPages.choose(account)),
            ("setup-declined", CheckoutPages.declined(view, reason: .bank)),
            ("setup-done", SetupPages.done(view, card: "Visa ending 4242", paidText: nil)),
            ("setup-paid", SetupPages.done(owing, card: "Visa ending 4242", paidText: "€46.80", leavesAtOnce: true)),
            ("setup-charging", SetupPages.charging(owing, amountText: "€46.80")),
            (
                "setup-charge-failed",
                SetupPages.chargeFailed(owing, amountText: "€46.80", invoicePath: "/invoice/\(token)")
            ),
            ("setup-confirming", SetupPages.confirming(view)), ("setup-expired", SetupPages.expired(account)),
            ("setup-ended", SetupPages.subscriptionEnded(view)),
            ("setup-wallet", SetupPages.wallet(view, name: "Beta Wallet")),
            ("setup-challenge", SetupPages.challenge(view, last4: "3155")),
        ]
    }

    /// The pages on which a customer changes a subscription.
    static func changes(_ language: Language) -> [(String, Page)] {
        let view = portal(language)
        let plans = [
            PlanChoice(
                id: "plan_tasting", name: "Tasting box", description: "Six bars, chosen by us",
                priceText: "€24.00 every month", isCurrent: true),
            PlanChoice(id: "plan_big", name: "Big box", priceText: "€39.00 every month"),
        ]
        let lines = [
            OrderView.Line(title: "Unused time on Tasting box", note: "15 Jan – 1 Feb", amountText: "−€12.00"),
            OrderView.Line(title: "Remaining time on Big box", note: "15 Jan – 1 Feb", amountText: "€19.50"),
        ]
        var refused = view
        refused.notice = .refused
        func preview(_ billing: PlanPreview.Billing, isRepeated: Bool = false) -> Page {
            PortalPages.previewPlan(
                view, subscription: view.subscriptions[0],
                preview: PlanPreview(
                    plan: plans[1], billing: billing, lines: lines,
                    sums: [OrderView.Line(title: language.text(.creditApplied), amountText: "−€3.20")],
                    amountText: "€4.30", costsNow: billing == .now, token: "t", isRepeated: isRepeated))
        }
        return [
            ("portal-card", PortalPages.chooseCard(view, subscription: view.subscriptions[0], charged: "pm_1")),
            (
                "portal-plans",
                PortalPages.choosePlan(view, subscription: view.subscriptions[0], plans: plans, canKeep: false)
            ),
            (
                "portal-plans-none",
                PortalPages.choosePlan(
                    view, subscription: view.subscriptions[0], plans: Array(plans.prefix(1)), canKeep: true)
            ),
            ("portal-preview", preview(.now)), ("portal-preview-next", preview(.nextInvoice, isRepeated: true)),
            ("portal-preview-free", preview(.never)), ("portal-refused", PortalPages.account(refused)),
            (
                "portal-cancel-now",
                PortalPages.confirmCancellation(view, subscription: view.subscriptions[1], endsAt: nil)
            ),
        ]
    }

    static let start = StartView(
        createPath: "/demo/checkout", csrf: "c",
        samples: [
            StartView.Sample(
                id: "box", title: "Tasting box", note: "A plain payment with cards and a wallet", amountText: "€46.80"),
            StartView.Sample(
                id: "invoice", title: "Premium Monthly", note: "An invoice with lines; the card is kept",
                amountText: "$29.99"),
        ],
        places: [
            StartView.Place(
                path: "/docs", title: "API documentation", note: "Try every request, signed in the browser"),
            StartView.Place(
                path: "/system", title: "System panel", note: "All applications. User demo, password demo-demo-demo"),
            StartView.Place(
                path: "/app", title: "Application panel", note: "One merchant’s payments and subscriptions"),
        ], apiSecret: "sk_demo_secret", publicURL: "http://127.0.0.1:8080",
        testCards: [
            CardFormView.TestCard(number: "4242 4242 4242 4242", meaning: "Pays"),
            CardFormView.TestCard(number: "4000 0000 0000 9995", meaning: "Declined: not enough money"),
        ])
}
