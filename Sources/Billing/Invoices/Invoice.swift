package import Fields
package import Runtime
package import Storage

/// Where an invoice stands.
package enum InvoiceStatus: String, Choice {
    case draft, open, paid, void, uncollectible
}

/// How its collection stands.
package enum InvoicePaymentStatus: String, Choice {
    case none, processing, failed, succeeded
}

/// Why an invoice was made.
package enum BillingReason: String, Choice {
    case subscriptionCreate = "subscription_create"
    case subscriptionCycle = "subscription_cycle"
    case subscriptionUpdate = "subscription_update"
    case manual
}

/// Why an invoice that is collected automatically is not being charged.
package enum CollectionHalt: String, Choice {
    case none
    /// There is no card, or the gateway said not to try it again: a new card is tried at once.
    case awaitingCard = "awaiting_card"
    /// Its subscription ended, or it was left behind by a long stop: only the customer or the merchant pays it.
    case ended
}

/// A debt with its lines. Once it is open its lines never change: credit, payments and notes are recorded beside them.
///
/// `total` = subtotal + tax; `amountDue` = max(0, total − credit applied − credited − paid).
package struct Invoice: Entity, Equatable {
    package var id = InvoiceID.none
    package var application = ApplicationID.none
    /// Such as `INV-2025-000001`; empty until the invoice opens. The count has no gaps within an application.
    package var number: String?
    package var status = InvoiceStatus.draft
    package var paymentStatus = InvoicePaymentStatus.none
    /// Open beyond its due date.
    package var isOverdue = false
    package var billingReason = BillingReason.manual
    package var subscription: SubscriptionID?
    package var customer = CustomerID.none
    package var mode = Mode.test
    package var description: String?
    package var lines: [InvoiceLine] = []
    package var subtotal = Money.zero(.none)
    package var tax = Money.zero(.none)
    package var total = Money.zero(.none)
    package var creditApplied = Money.zero(.none)
    package var credited = Money.zero(.none)
    package var amountPaid = Money.zero(.none)
    package var dueDate: Timestamp?
    package var collection = Collection.automatic
    /// Automatic tries that were made.
    package var attemptCount: Int64 = 0
    package var nextPaymentAttempt: Timestamp?
    /// When the first automatic try failed: the schedule of the further ones counts from it.
    package var firstFailedAt: Timestamp?
    /// Why nothing is charged automatically although collection is automatic.
    package var halt = CollectionHalt.none
    package var payments: [PaymentHash] = []
    /// Money received outside.
    package var offlinePayments: [OfflinePayment] = []
    /// The period that a cycle's invoice bills.
    package var periodStart: Timestamp?
    package var periodEnd: Timestamp?
    package var createdAt = Timestamp(milliseconds: 0)
    package var updatedAt = Timestamp(milliseconds: 0)
    package var issuedAt: Timestamp?
    package var paidAt: Timestamp?
    package var voidedAt: Timestamp?
    /// The 128 random bits of the hosted page's address.
    package var token = Blob()
    package var objectSequence: Int64 = 0
    /// The subscription's period that this invoice is about: the one it bills, or the one in which it was made.
    package var servedPeriod: Timestamp?
    /// What it adds, once paid, to the worth of that period: credits never exceed the sum.
    package var periodValue = Money.zero(.none)
    /// The part of ``periodValue`` that credit notes gave back.
    package var periodReturned = Money.zero(.none)
    /// An earlier period whose waiting lines this invoice takes along, and their sum.
    package var carriedPeriod: Timestamp?
    package var carriedValue = Money.zero(.none)
    /// The subscription's ``Subscription/movedMilliseconds`` when this was made.
    package var movedMilliseconds: Int64 = 0
    /// Voided before its period began, so that the period is billed anew.
    package var isTakenBack = false
    /// When the schedule of tries ends for an invoice that waits for a card.
    package var givesUpAt: Timestamp?
    /// The payment of the automatic try that is under way.
    package var scheduledPayment: PaymentHash?
    /// When the try was due that is under way.
    package var scheduledAt: Timestamp?

    /// Filled before the invoice is shown.
    package var customerSummary = CustomerSummary()
    /// Filled before the invoice is shown.
    package var hostedURL = ""

    package init() {}
    package static var schemaName: StaticString { "Invoice" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &id)
        var shownID = id == .none ? nil : Optional(id)
        try visitor.member("id", &shownID, "Null while it is only foreseen.")
        try visitor.stored(2, &application)
        try visitor.field(3, "number", &number, "Without gaps within the application; given when the invoice opens.")
        try visitor.field(4, "status", &status)
        try visitor.field(5, "payment_status", &paymentStatus)
        try visitor.field(6, "overdue", &isOverdue)
        try visitor.field(7, "billing_reason", &billingReason)
        try visitor.field(8, "subscription_id", &subscription)
        try visitor.stored(9, &customer)
        try visitor.member("customer", &customerSummary)
        try visitor.stored(10, &mode)
        try visitor.field(11, "description", &description)
        var currency = total.currency
        try visitor.member("currency", &currency)
        try visitor.field(12, "lines", &lines)
        try visitor.field(13, "subtotal", &subtotal)
        try visitor.field(14, "tax", &tax)
        try visitor.field(15, "total", &total)
        try visitor.field(16, "credit_applied", &creditApplied, "From the customer's balance.")
        try visitor.field(17, "credited", &credited, "By credit notes, of what was still due.")
        try visitor.field(18, "amount_paid", &amountPaid)
        var due = amountDue
        try visitor.member("amount_due", &due)
        try visitor.field(19, "due_date", &dueDate)
        try visitor.field(20, "collection", &collection)
        try visitor.field(21, "attempt_count", &attemptCount)
        try visitor.field(22, "next_payment_attempt", &nextPaymentAttempt)
        try visitor.stored(23, &firstFailedAt)
        try visitor.stored(24, &halt)
        try visitor.field(25, "payments", &payments)
        try visitor.field(26, "offline_payments", &offlinePayments)
        try visitor.field(27, "period_start", &periodStart)
        try visitor.field(28, "period_end", &periodEnd)
        try visitor.member("hosted_invoice_url", &hostedURL)
        try visitor.field(29, "issued_at", &issuedAt)
        try visitor.field(30, "paid_at", &paidAt)
        try visitor.field(31, "voided_at", &voidedAt)
        try visitor.field(32, "created_at", &createdAt)
        try visitor.stored(33, &updatedAt)
        try visitor.stored(34, &token)
        try visitor.stored(35, &objectSequence)
        try visitor.stored(36, &servedPeriod)
        try visitor.stored(37, &periodValue)
        try visitor.stored(38, &periodReturned)
        try visitor.stored(39, &movedMilliseconds)
        try visitor.stored(40, &isTakenBack)
        try visitor.stored(41, &givesUpAt)
        try visitor.stored(42, &scheduledPayment)
        try visitor.stored(43, &scheduledAt)
        try visitor.stored(44, &carriedPeriod)
        try visitor.stored(45, &carriedValue)
    }

    package static let byApplication = Index<Invoice>(1)
    package static let byStatus = Index<Invoice>(2)
    package static let byCustomer = Index<Invoice>(3)
    package static let bySubscription = Index<Invoice>(4)
    package static let byToken = Index<Invoice>(5, isUnique: true)
    /// When automatic tries are due.
    package static let byAttempt = Index<Invoice>(6)
    /// One invoice for each period of a subscription.
    package static let byPeriod = Index<Invoice>(7, isUnique: true)
    package static let byNumber = Index<Invoice>(8, isUnique: true)
    /// When an open one becomes overdue, or its wait for a card ends.
    package static let byOverdue = Index<Invoice>(9)
    package static let openByCustomer = Index<Invoice>(10)
    package static let byServedPeriod = Index<Invoice>(11)
    package static let overdue = Index<Invoice>(12)

    package static var tableNumber: UInt8 { Tables.invoice }
    package static var name: StaticString { "invoice" }
    package static var indexEdition: Int64 { 2 }
    package var primaryKey: Key { Key(id) }

    package func indexEntries(into entries: inout IndexEntries) {
        entries.add(Self.byApplication, Key(application))
        entries.add(Self.byStatus, Key(application, status.rawValue))
        entries.add(Self.byCustomer, Key(customer))
        if let subscription { entries.add(Self.bySubscription, Key(subscription)) }
        entries.add(Self.byToken, Key(token.bytes))
        if let attemptDueAt { entries.add(Self.byAttempt, Key(application, attemptDueAt)) }
        if let overdueDueAt { entries.add(Self.byOverdue, Key(application, overdueDueAt)) }
        if status == .open { entries.add(Self.openByCustomer, Key(customer)) }
        if isOverdue { entries.add(Self.overdue, Key(application)) }
        if let subscription, let servedPeriod {
            entries.add(Self.byServedPeriod, Key(subscription, servedPeriod))
        }
        if let subscription, let carriedPeriod {
            entries.add(Self.byServedPeriod, Key(subscription, carriedPeriod))
        }
        if let subscription, let periodStart, billsPeriod {
            entries.add(Self.byPeriod, Key(subscription, periodStart))
        }
        if let number { entries.add(Self.byNumber, Key(application, number)) }
    }

    /// Whether it bills a full period of its subscription, which only one invoice may.
    package var billsPeriod: Bool {
        (billingReason == .subscriptionCycle || billingReason == .subscriptionCreate) && status != .void
    }

    /// What is still to be paid.
    package var amountDue: Money {
        let due = total.units - creditApplied.units - credited.units - amountPaid.units
        return Money(max(0, due), total.currency)
    }

    /// When the next automatic try is due, nil when there is none.
    package var attemptDueAt: Timestamp? {
        status == .open && collection == .automatic && halt == .none && paymentStatus != .processing
            ? nextPaymentAttempt : nil
    }

    /// When something but a try is to be done without anybody asking: the flag of an overdue one, or the end of the
    /// wait for a card.
    package var overdueDueAt: Timestamp? {
        guard status == .open else { return nil }
        var due = isOverdue ? nil : dueDate
        if let givesUpAt { due = due.map { min($0, givesUpAt) } ?? givesUpAt }
        return due
    }

    /// The earlier of ``attemptDueAt`` and ``overdueDueAt``.
    var dueAt: Timestamp? {
        guard let attempt = attemptDueAt, let overdue = overdueDueAt else { return attemptDueAt ?? overdueDueAt }
        return min(attempt, overdue)
    }
}
