import Billing
import Bytes
import Fields
import Runtime
import Storage

/// What one request of an opened portal stands on: its customer, and nothing of any other.
struct PortalVisit: Sendable {
    let secret: [UInt8]
    let session: PortalSession
    let application: Application
    let customer: Customer
    let methods: [PaymentMethod]
    /// Newest first.
    let subscriptions: [Subscription]
    /// Newest first.
    let invoices: [Invoice]
    /// Invoices with a payment whose outcome is not known.
    let processing: Set<InvoiceID>
    /// The method each subscription charges, in the order of ``subscriptions``.
    let charged: [PaymentMethod?]

    /// Rows of each kind that the page shows.
    static let rowLimit = 50

    init(
        _ session: PortalSession, _ secret: [UInt8], _ application: Application, _ customer: Customer, ledger: Ledger,
        in snapshot: Snapshot
    ) {
        self.secret = secret
        self.session = session
        self.application = application
        self.customer = customer
        methods = Customers.methods(of: customer.id, in: snapshot)
        var subscriptions: [Subscription] = []
        snapshot.scan(Subscription.byCustomer, prefix: Key(customer.id), order: .descending, limit: Self.rowLimit) {
            one, _ in
            subscriptions.append(one)
            return true
        }
        self.subscriptions = subscriptions
        charged = subscriptions.map { Subscriptions(ledger).method(of: $0, in: snapshot) }
        var invoices: [Invoice] = []
        snapshot.scan(Invoice.byCustomer, prefix: Key(customer.id), order: .descending, limit: Self.rowLimit) {
            invoice, _ in
            invoices.append(invoice)
            return true
        }
        self.invoices = invoices
        processing = Set(
            invoices.filter {
                $0.isPayable
                    && ($0.paymentStatus == .processing || Invoices.hasPaymentInFlight($0, in: snapshot))
            }.map(\.id))
    }

    var path: String { "/portal/session/" + Hex.encode(secret) }

    /// The customer's own subscription with this id.
    func subscription(_ text: String) -> Subscription? {
        subscriptions.first { $0.id.description == text }
    }

    func chargedMethod(of subscription: Subscription) -> PaymentMethod? {
        subscriptions.firstIndex { $0.id == subscription.id }.flatMap { charged[$0] }
    }

    /// Whether the merchant lets this subscription's customer change its plan.
    func allowsPlanChange(_ subscription: Subscription) -> Bool {
        guard application.portal.allowsPlanChange else { return false }
        return switch subscription.status {
        case .scheduled, .trialing, .active, .pastDue: !subscription.cancelsAtPeriodEnd
        case .incomplete, .paused, .cancelled: false
        }
    }

    func allowsCancel(_ subscription: Subscription) -> Bool {
        application.portal.allowsCancel && subscription.status != .cancelled && !subscription.cancelsAtPeriodEnd
    }

    func view(_ language: Language, notice: PortalView.Notice?, proof: FormProof) -> PortalView {
        var view = PortalView(
            language: language, merchant: MerchantView(application, logoPath: path + "/logo"),
            customerEmail: customer.email ?? "", basePath: path, csrf: proof.token, notice: notice,
            returnURL: session.returnURL, canAddCard: methods.count < PaymentMethods.limit,
            isTest: application.mode == .test)
        view.cards = methods.map(Self.card)
        view.invoices = invoices.map { invoice($0, language) }
        view.details = PortalView.Details(
            name: customer.name, phone: customer.phone, address: InvoicePaper.address(customer.address),
            credit: customer.balance.map { AmountText.format($0.amount, language) })
        let named = view
        view.subscriptions = zip(subscriptions, charged).map { subscription($0, $1, named) }
        return view
    }

    private static func card(_ method: PaymentMethod) -> PortalView.Card {
        var expiry = ""
        if let month = method.expiryMonth, let year = method.expiryYear {
            expiry = (month < 10 ? "0" : "") + "\(month)/\(year)"
        }
        return PortalView.Card(
            id: method.id.description, brand: MethodName.brand(method), last4: method.last4 ?? "",
            expiryText: expiry, isDefault: method.isDefault)
    }

    private func invoice(_ invoice: Invoice, _ language: Language) -> PortalView.Invoice {
        let path = "/invoice/" + Hex.encode(invoice.token.bytes)
        let isProcessing = processing.contains(invoice.id)
        let isPayable = invoice.isPayable && !isProcessing && invoice.amountDue.isPositive
        let state: InvoiceState =
            switch invoice.status {
            case .draft: .draft
            case .open: isProcessing ? .processing : invoice.isOverdue ? .overdue : .open
            case .paid: .paid
            case .void: .void
            case .uncollectible: isProcessing ? .processing : .uncollectible
            }
        return PortalView.Invoice(
            number: invoice.number ?? "", state: state,
            amountText: AmountText.format(isPayable ? invoice.amountDue : invoice.total, language),
            dueAt: invoice.dueDate, payPath: isPayable ? path : nil,
            documentPath: path + "/document?locale=" + language.tag)
    }

    private func subscription(
        _ subscription: Subscription, _ method: PaymentMethod?, _ view: PortalView
    ) -> PortalView.Subscription {
        let language = view.language
        return PortalView.Subscription(
            id: subscription.id.description, plan: subscription.plan.name,
            priceText: Self.price(subscription.plan, subscription.quantity, language),
            state: SubscriptionState(subscription.status), coming: Self.coming(subscription),
            card: method.map { PortalSections.name(of: Self.card($0), view).plain },
            isAutomatic: subscription.collection == .automatic, changeText: Self.change(subscription, view),
            isCancellable: allowsCancel(subscription), canChangePlan: allowsPlanChange(subscription))
    }

    /// Such as `3 × €24.00 every month`.
    static func price(_ plan: PlanTerms, _ quantity: Int64, _ language: Language) -> String {
        let price = AmountText.format(plan.price, language) + " " + language.text(plan.billingCycle.phrase)
        return quantity == 1 ? price : "\(quantity) × " + price
    }

    private static func coming(_ subscription: Subscription) -> PortalView.Subscription.Coming? {
        guard subscription.status != .cancelled else { return nil }
        if subscription.cancelsAtPeriodEnd { return subscription.cancelAt.map { .ends($0) } }
        if subscription.status == .scheduled { return subscription.startAt.map { .starts($0) } }
        if subscription.status == .trialing { return subscription.trialEnd.map { .trialEnds($0) } }
        return subscription.nextBillingAt.map { .renews($0) }
    }

    private static func change(_ subscription: Subscription, _ view: PortalView) -> String? {
        guard let change = subscription.pendingChange else { return nil }
        guard change.effective == .periodEnd, let end = subscription.periodEnd else {
            return view.say(.changesOncePaid, (.plan, change.plan.name)).plain
        }
        return view.say(.changesTo, (.plan, change.plan.name), (.time, MomentText.day(end, view.language))).plain
    }
}

extension SubscriptionState {
    init(_ status: SubscriptionStatus) {
        self =
            switch status {
            case .scheduled: .scheduled
            case .incomplete: .incomplete
            case .trialing: .trialing
            case .active: .active
            case .pastDue: .pastDue
            case .paused: .paused
            case .cancelled: .cancelled
            }
    }
}
