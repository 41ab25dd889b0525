package import Fields
package import Runtime
package import Storage

/// Where a subscription stands.
package enum SubscriptionStatus: String, Choice {
    /// Begins later.
    case scheduled
    /// The first payment is outstanding; cancelled after 23 hours.
    case incomplete
    case trialing, active
    /// An invoice of it is unpaid.
    case pastDue = "past_due"
    case paused, cancelled
}

/// How invoices are collected.
package enum Collection: String, Choice {
    /// A saved method is charged.
    case automatic
    /// The customer pays on the invoice's page by its due date.
    case sendInvoice = "send_invoice"
}

/// When a change of plan takes effect.
package enum ChangeTime: String, Choice {
    case now
    case periodEnd = "period_end"
}

/// A change of plan that waits: for its payment, or for the end of the period.
package struct PendingChange: Record, Equatable {
    package var plan = PlanTerms()
    package var quantity: Int64 = 1
    package var effective = ChangeTime.periodEnd
    /// The moment the change was computed for.
    package var at = Timestamp(milliseconds: 0)
    /// Until when it waits for its payment; nil for one that waits for the end of the period.
    package var expiresAt: Timestamp?
    /// The invoice whose payment makes it take effect.
    package var invoice: InvoiceID?

    package init() {}
    package static var schemaName: StaticString { "PendingChange" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "plan", &plan)
        try visitor.field(2, "quantity", &quantity)
        try visitor.field(3, "effective", &effective)
        try visitor.stored(4, &at)
        try visitor.field(5, "expires_at", &expiresAt)
        try visitor.field(6, "invoice_id", &invoice)
    }
}

/// A customer's standing agreement to pay for a plan.
package struct Subscription: Entity, Equatable {
    package var id = SubscriptionID.none
    package var application = ApplicationID.none
    package var status = SubscriptionStatus.incomplete
    package var customer = CustomerID.none
    package var plan = PlanTerms()
    package var quantity: Int64 = 1
    package var collection = Collection.automatic
    /// Where periods are counted from.
    package var anchor = Timestamp(milliseconds: 0)
    /// When a scheduled one begins.
    package var startAt: Timestamp?
    package var trialEnd: Timestamp?
    package var periodStart: Timestamp?
    package var periodEnd: Timestamp?
    package var cancelsAtPeriodEnd = false
    package var cancelAt: Timestamp?
    package var cancelledAt: Timestamp?
    package var endedAt: Timestamp?
    package var cancellationReason: String?
    package var pausedAt: Timestamp?
    package var resumeAt: Timestamp?
    /// What it was when it was paused.
    package var statusBeforePause: SubscriptionStatus?
    package var pendingChange: PendingChange?
    /// Lines that the next invoice takes along.
    package var pendingItems: [InvoiceLine] = []
    /// The subscription's own method; nil for the customer's default.
    package var paymentMethod: PaymentMethodID?
    package var latestInvoice: InvoiceID?
    /// Until when full periods have been billed; a period that was billed ahead is skipped by renewal.
    package var billedUntil: Timestamp?
    /// The fee that the first full period's invoice takes along.
    package var setupFee: Money?
    package var trialReminderSent = false
    /// Since when its first payment is outstanding.
    package var incompleteAt: Timestamp?
    package var returnURL: String?
    package var metadata = Metadata()
    package var createdAt = Timestamp(milliseconds: 0)
    package var updatedAt = Timestamp(milliseconds: 0)
    /// The 128 random bits of the address of its setup page.
    package var setupToken = Blob()
    /// What it adds to the monthly recurring revenue now.
    package var recurring = Money.zero(.none)
    package var objectSequence: Int64 = 0
    /// Seconds of the whole period that the price is for. The current period can be shorter, when it began within a
    /// period of its anchor, or longer by the time it was paused.
    package var periodSeconds: Int64 = 0
    /// Whether the customer's default method may be charged: somebody who knew the customer asked for it.
    package var usesCustomerMethod = false
    /// Milliseconds by which billed time was moved so far, by pauses and by restarts of the period: what an invoice
    /// billed until lies this much later now than when nothing had been moved.
    package var movedMilliseconds: Int64 = 0
    /// Until when due work waits: for a payment in flight, or after a failure.
    package var retryAt: Timestamp?
    /// Whether it ever counted for the recurring revenue: coming back is not new.
    package var hasCounted = false
    /// Days of trial that a scheduled one begins with.
    package var trialDays: Int64 = 0
    /// What a whole period was billed at, where a change without proration has made the price another: no credit is
    /// computed from more.
    package var creditableRate: Money?
    /// Whether a trial of it was counted as begun.
    package var hasTrialCounted = false

    /// Filled before the subscription is shown.
    package var customerSummary = CustomerSummary()
    package var shownMethod: PaymentMethod?
    /// Filled before the subscription is shown, while a card is missing.
    package var setupURL: String?

    package init() {}
    package static var schemaName: StaticString { "Subscription" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "id", &id)
        try visitor.stored(2, &application)
        try visitor.field(3, "status", &status)
        try visitor.stored(4, &customer)
        try visitor.member("customer", &customerSummary)
        try visitor.field(5, "plan", &plan)
        try visitor.field(6, "quantity", &quantity)
        try visitor.field(7, "collection", &collection)
        try visitor.stored(8, &anchor)
        try visitor.field(9, "start_date", &startAt)
        try visitor.field(10, "trial_end", &trialEnd)
        try visitor.field(11, "current_period_start", &periodStart)
        try visitor.field(12, "current_period_end", &periodEnd)
        try visitor.field(13, "cancel_at_period_end", &cancelsAtPeriodEnd)
        try visitor.field(14, "cancel_at", &cancelAt)
        try visitor.field(15, "cancelled_at", &cancelledAt)
        try visitor.field(16, "ended_at", &endedAt)
        try visitor.field(17, "cancellation_reason", &cancellationReason)
        try visitor.field(18, "paused_at", &pausedAt)
        try visitor.field(19, "resume_at", &resumeAt)
        try visitor.stored(20, &statusBeforePause)
        try visitor.field(21, "pending_change", &pendingChange)
        try visitor.stored(22, &pendingItems)
        try visitor.stored(23, &paymentMethod)
        try visitor.member("payment_method", &shownMethod, "The one that is charged.")
        try visitor.field(24, "latest_invoice_id", &latestInvoice)
        var next = nextBillingAt
        try visitor.member("next_billing_at", &next)
        try visitor.stored(25, &billedUntil)
        try visitor.stored(26, &setupFee)
        try visitor.stored(27, &trialReminderSent)
        try visitor.member("payment_setup_url", &setupURL, "While a card is missing.")
        try visitor.stored(28, &returnURL)
        try visitor.field(29, "metadata", &metadata)
        try visitor.field(30, "created_at", &createdAt)
        try visitor.stored(31, &updatedAt)
        try visitor.stored(32, &setupToken)
        try visitor.stored(33, &recurring)
        try visitor.stored(34, &objectSequence)
        try visitor.stored(35, &incompleteAt)
        try visitor.stored(36, &periodSeconds)
        try visitor.stored(37, &usesCustomerMethod)
        try visitor.stored(38, &movedMilliseconds)
        try visitor.stored(39, &retryAt)
        try visitor.stored(40, &hasCounted)
        try visitor.stored(41, &trialDays)
        try visitor.stored(42, &creditableRate)
        try visitor.stored(43, &hasTrialCounted)
    }

    package static let byApplication = Index<Subscription>(1)
    package static let byStatus = Index<Subscription>(2)
    package static let byCustomer = Index<Subscription>(3)
    package static let byPlan = Index<Subscription>(4)
    package static let byDue = Index<Subscription>(5)
    package static let bySetupToken = Index<Subscription>(6, isUnique: true)
    /// Those that are not cancelled.
    package static let liveByCustomer = Index<Subscription>(7)

    package static var tableNumber: UInt8 { Tables.subscription }
    package static var name: StaticString { "subscription" }
    package var primaryKey: Key { Key(id) }

    package func indexEntries(into entries: inout IndexEntries) {
        entries.add(Self.byApplication, Key(application))
        entries.add(Self.byStatus, Key(application, status.rawValue))
        entries.add(Self.byCustomer, Key(customer))
        entries.add(Self.byPlan, Key(application, plan.id))
        if let dueAt { entries.add(Self.byDue, Key(application, dueAt)) }
        entries.add(Self.bySetupToken, Key(setupToken.bytes))
        if status != .cancelled { entries.add(Self.liveByCustomer, Key(customer)) }
    }

    /// When the next invoice is made, nil when none will be.
    package var nextBillingAt: Timestamp? {
        switch status {
        case .scheduled: startAt?.adding(seconds: trialDays * 86_400)
        case .trialing: cancelsAtPeriodEnd ? nil : trialEnd
        case .active, .pastDue: cancelsAtPeriodEnd ? nil : billingEnd
        case .incomplete, .paused, .cancelled: nil
        }
    }

    /// Until when time was billed: the end of the period, or of one that was billed ahead.
    package var billingEnd: Timestamp? {
        guard let periodEnd else { return nil }
        return max(periodEnd, billedUntil ?? periodEnd)
    }

    /// Whether the period after the current one has its invoice already.
    package var isBilledAhead: Bool {
        guard let periodEnd, let billedUntil else { return false }
        return billedUntil > periodEnd
    }

    /// When something is next to be done without anybody asking; nil when nothing is.
    package var dueAt: Timestamp? {
        var due: Timestamp?
        func consider(_ time: Timestamp?) {
            guard let time else { return }
            due = due.map { min($0, time) } ?? time
        }
        switch status {
        case .scheduled: consider(startAt)
        case .incomplete: consider(incompleteAt?.adding(seconds: Self.incompleteSeconds))
        case .trialing:
            consider(trialEnd)
            if !trialReminderSent { consider(trialEnd?.adding(seconds: -Self.reminderSeconds)) }
        case .active, .pastDue: consider(periodEnd)
        case .paused: consider(resumeAt)
        case .cancelled: return nil
        }
        if status != .paused {
            consider(cancelAt)
            consider(pendingChange?.expiresAt)
        }
        if let retryAt { due = due.map { max($0, retryAt) } }
        return due
    }

    /// The largest quantity.
    package static let quantityLimit: Int64 = 1_000_000

    /// Seconds an `incomplete` subscription, or a change that is to be paid first, waits for its payment.
    package static let incompleteSeconds: Int64 = 23 * 3600
    /// Seconds before the end of a trial at which `subscription.trial_ending` is sent.
    package static let reminderSeconds: Int64 = 3 * 86_400
}
