import Billing
import Bytes
import Gateways
import Runtime

/// One request's view of a page on which a method is saved.
struct SetupVisit: Sendable {
    /// Where it stands.
    enum State: Sendable, Equatable {
        case open, confirming, charging, chargeFailed, done, expired, subscriptionEnded

        /// What the page's script watches.
        var word: String {
            switch self {
            case .open: "open"
            case .confirming: "confirming"
            case .charging: "charging"
            case .chargeFailed: "charge_failed"
            case .done: "done"
            case .expired, .subscriptionEnded: "ended"
            }
        }
    }

    let found: PaymentEngine.SetupVisit
    let token: [UInt8]
    let proof: FormProof
    /// Whether the customer just finished.
    let isFresh: Bool
    var view: CheckoutView

    init(
        _ found: PaymentEngine.SetupVisit, token: [UInt8], language: Language, isFresh: Bool, _ engine: PaymentEngine
    ) {
        self.found = found
        self.token = token
        self.isFresh = isFresh
        proof = FormProof("setup", token, engine.ledger.vault)
        let hex = Hex.encode(token)
        let setupOrder = SetupOrder(found: found, language: language)
        view = CheckoutView(
            language: language, merchant: MerchantView(found.application, logoPath: "/setup/\(hex)/logo"),
            order: setupOrder.view, customerEmail: found.customer.email, token: hex, csrf: proof.token,
            isCancellable: false, isTest: found.application.mode == .test,
            offeredLanguages: Language.allCases.filter { $0 != language })
        view.paths = CheckoutPaths(folder: "setup", token: hex)
        view.purpose =
            setupOrder.owed.isPositive ? .saveAndPay : .save(isForSubscription: found.subscription != nil)
        view.pageTitle =
            found.subscription.map { view.say(.setupTitle, (.plan, $0.plan.name)).plain }
            ?? view.say(.setupAccountTitle).plain
        let currency = setupOrder.currency
        view.methods = found.gateways.filter { $0.accepts(.zero(currency)) }.map(CheckoutHandler.method)
        if view.methods.contains(where: { $0.kind == .card }) { view.cardForm.testCards = SandboxStories.cards }
        view.cardForm.holderName = found.customer.name ?? ""
        if let method = charged {
            view.remark = view.say(.chargedTo, (.card, Self.name(of: method, view))).plain
        }
        let ours = engine.ledger.links.publicURL
        let back = found.isLasting ? found.subscription?.returnURL : found.setup.flow.returnURL
        view.backURL = back.map { $0.hasPrefix(ours + "/portal/") ? String($0.dropFirst(ours.count)) : $0 }
    }

    private var flow: Payment { found.setup.flow }

    /// Whether a method can be left here now.
    var isUsable: Bool {
        guard found.subscription?.status != .cancelled else { return false }
        return found.isLasting || found.setup.isOpen(now: found.now)
    }

    var state: State {
        if found.subscription?.status == .cancelled { return .subscriptionEnded }
        if flow.isInFlight { return .confirming }
        if flow.status == .completed, isFresh || !found.isLasting {
            if isCharging { return .charging }
            guard isFailed, found.isLasting else { return .done }
            return .chargeFailed
        }
        return isUsable ? .open : .expired
    }

    /// Whether what is owed is being charged, or is about to be.
    private var isCharging: Bool {
        found.owed.contains {
            $0.paymentStatus == .processing || $0.attemptDueAt.map { $0 <= found.now } == true
        }
    }

    private var isFailed: Bool { found.owed.contains { $0.paymentStatus == .failed } }

    /// The sum of what is owed.
    var owedText: String {
        let order = SetupOrder(found: found, language: view.language)
        return AmountText.format(order.owed, view.language)
    }

    /// What was charged at once to the method that was left here.
    var paidText: String? {
        guard let newest = found.newest, let paidAt = newest.paidAt, let savedAt = flow.completedAt,
            newest.status == .paid, newest.amountPaid.isPositive, paidAt >= savedAt
        else { return nil }
        return AmountText.format(newest.amountPaid, view.language)
    }

    /// The method that was left here last.
    var cardName: String {
        let left = found.methods.first { $0.id == found.setup.method } ?? charged
        return left.map { Self.name(of: $0, view) } ?? ""
    }

    /// The method that the subscription charges now.
    private var charged: PaymentMethod? {
        guard let id = found.subscription?.paymentMethod else { return nil }
        return found.methods.first { $0.id == id }
    }

    static func name(of method: PaymentMethod, _ view: CheckoutView) -> String {
        let brand = MethodName.brand(method)
        guard let last4 = method.last4 else { return brand }
        return view.say(.cardEnding, (.card, brand), (.last4, last4)).plain
    }

    /// Why the newest attempt saved nothing, while no other is open.
    var declineReason: DeclineReason? {
        guard flow.status == .pending, let last = flow.attempts.last,
            last.status == .declined || last.status == .errored, let failure = last.failure
        else { return nil }
        let gateway = found.gateways.first { $0.gateway == last.gateway }?.displayName ?? ""
        return DeclineReason(failure, gateway: gateway)
    }
}
