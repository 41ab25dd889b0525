import Fields
import JSON
import Runtime
import Storage
import Testing

@testable import Billing

/// Collection: the schedule of tries, what follows them, and what else pays or closes an invoice.
@Suite struct DunningTests {
    /// An active subscription whose renewal at 1 February is open.
    private func renewal(_ change: (inout BillingSettings) -> Void = { _ in }) throws -> (
        BillingWorld, Subscription, Invoice
    ) {
        let world = try BillingWorld(at: "2025-01-01T00:00:00Z")
        try world.settings(change)
        try world.plan("basic", "10")
        let subscription = try world.active("basic")
        try world.advance(to: "2025-02-01")
        let invoice = try #require(try world.invoices(of: subscription.id).last)
        return (world, subscription, invoice)
    }

    private func offline(_ world: BillingWorld, _ id: InvoiceID, _ amount: String? = nil) throws -> Invoice {
        try world.act {
            var input = OfflineInput()
            input.amount = amount.map { DecimalAmount(decimal: JSONDecimal($0)) }
            return try Invoices($0).recordOffline(id, input, application: $1, by: .system, in: $2)
        }
    }

    @Test func `tries are 1, 3, 5 and 7 days after the first failure, then the course is taken`() throws {
        let (world, subscription, invoice) = try renewal()
        var tries: [String] = []
        for _ in 0..<5 {
            try world.decline(invoice.id)
            guard let next = try world.invoice(invoice.id).attemptDueAt else { break }
            tries.append(String(next.description.prefix(10)))
            #expect(try world.subscription(subscription.id).status == .pastDue)
            // A try that is late moves no other.
            try world.advance(to: next.adding(seconds: 3600))
        }
        #expect(tries == ["2025-02-02", "2025-02-04", "2025-02-06", "2025-02-08"])
        let after = try world.invoice(invoice.id)
        #expect(after.attemptCount == 5 && after.status == .open && after.attemptDueAt == nil)
        #expect(try world.subscription(subscription.id).status == .cancelled)
        let failed = try world.world.events().filter { $0.type == .invoiceFailed }
        #expect(failed.count == 5 && failed.allSatisfy { $0.reason == "The card was declined." })
        #expect(try world.world.findings() == [])
    }

    @Test(arguments: [(AfterDunning.cancel, SubscriptionStatus.cancelled), (.pastDue, .pastDue), (.pause, .paused)])
    func `after the last try the application's course is taken`(
        setting: AfterDunning, status: SubscriptionStatus
    ) throws {
        let (world, subscription, invoice) = try renewal {
            $0.afterDunning = setting
            $0.retryDays = []
        }
        try world.decline(invoice.id)
        #expect(try world.subscription(subscription.id).status == status)
        #expect(try world.invoice(invoice.id).status == .open)
        #expect(try world.world.findings() == [])
        guard setting == .pause else { return }
        try world.pay(invoice.id, isScheduled: false)
        #expect(try world.subscription(subscription.id).status == .paused)
        #expect(try world.resume(subscription.id).status == .active)
        #expect(try world.world.findings() == [])
    }

    @Test func `a late success makes it active again`() throws {
        let (world, subscription, invoice) = try renewal()
        try world.decline(invoice.id)
        try world.advance(to: "2025-02-02")
        try world.pay(invoice.id)
        #expect(try world.subscription(subscription.id).status == .active)
        let paid = try world.invoice(invoice.id)
        #expect(paid.status == .paid && paid.paymentStatus == .succeeded && paid.attemptDueAt == nil)
        #expect(try world.world.findings() == [])
    }

    @Test func `a payment by hand does not shift the schedule`() throws {
        let (world, _, invoice) = try renewal()
        try world.decline(invoice.id)
        let next = try world.invoice(invoice.id).attemptDueAt
        try world.advance(to: "2025-02-01T12:00:00Z")
        try world.decline(invoice.id, isScheduled: false)
        let after = try world.invoice(invoice.id)
        #expect(next != nil && after.attemptDueAt == next && after.attemptCount == 1)
    }

    @Test func `a hard decline stops the tries until a new card, which is tried at once`() throws {
        let (world, subscription, invoice) = try renewal()
        try world.decline(invoice.id, "stolen_card")
        let stopped = try world.invoice(invoice.id)
        #expect(stopped.attemptDueAt == nil && stopped.halt == .awaitingCard)
        try world.advance(to: "2025-02-03")
        try world.card(of: subscription.customer)
        #expect(try world.invoice(invoice.id).attemptDueAt == Timestamp("2025-02-03T00:00:00Z"))
        try world.decline(invoice.id)
        // The schedule still counts from the first failure.
        #expect(try world.invoice(invoice.id).attemptDueAt == Timestamp("2025-02-04T00:00:00Z"))
        #expect(try world.world.findings() == [])
    }

    @Test func `without a new card a hard decline ends with the schedule`() throws {
        let (world, subscription, invoice) = try renewal()
        try world.decline(invoice.id, "account_closed")
        try world.advance(to: "2025-02-07T23:59:59Z")
        #expect(try world.subscription(subscription.id).status == .pastDue)
        try world.advance(to: "2025-02-08")
        #expect(try world.subscription(subscription.id).status == .cancelled)
        #expect(try world.invoice(invoice.id).status == .open)
        #expect(try world.world.findings() == [])
    }

    @Test func `a payment in flight outlasts the end of the schedule`() throws {
        let (world, subscription, invoice) = try renewal()
        try world.decline(invoice.id, "account_closed")
        try world.advance(to: "2025-02-07T23:30:00Z")
        let payment = try world.begin(invoice.id, isScheduled: false)
        try world.advance(to: "2025-02-08T01:30:00Z")
        #expect(try world.subscription(subscription.id).status == .pastDue)
        try world.end(payment.hash)
        #expect(try world.subscription(subscription.id).status == .active)
        #expect(try world.world.findings() == [])
    }

    @Test func `an invoice that is sent becomes overdue once, and its subscription past due`() throws {
        let world = try BillingWorld(at: "2025-01-01T00:00:00Z")
        try world.plan("basic", "10")
        let created = try world.create("basic") { $0.collection = .sendInvoice }
        let invoice = try #require(created.invoice)
        try world.run(to: "2025-03-15")
        #expect(try world.invoice(invoice.id).isOverdue)
        #expect(try world.subscription(created.subscription.id).status == .pastDue)
        let id = invoice.id.description
        let told = try world.world.events().filter { $0.type == .invoiceOverdue && $0.objectID == id }
        #expect(told.map(\.createdAt) == [Timestamp("2025-01-31T00:00:00Z")])
        for open in try world.invoices(of: created.subscription.id) where open.status == .open {
            _ = try offline(world, open.id)
        }
        // Nothing of it is late any more.
        #expect(try !world.invoice(invoice.id).isOverdue)
        #expect(try world.subscription(created.subscription.id).status == .active)
        #expect(try world.world.findings() == [])
    }

    @Test func `money from outside is recorded up to what is due`() throws {
        let (world, _, invoice) = try renewal()
        #expect(issues { _ = try offline(world, invoice.id, "10.01") } == ["amount out_of_range"])
        let partly = try offline(world, invoice.id, "4")
        #expect(partly.status == .open && partly.amountDue == Money(600, .usd))
        #expect(refusal { try world.void(invoice.id) } == .invalidState)
        #expect(try offline(world, invoice.id).status == .paid)
        #expect(refusal { _ = try offline(world, invoice.id) } == .invalidState)
        #expect(try world.world.findings() == [])
    }

    @Test func `while a payment is in flight nothing changes the debt`() throws {
        let (world, _, invoice) = try renewal()
        let id = invoice.id
        let payment = try world.begin(id)
        #expect(refusal { try world.void(id) } == .paymentInFlight)
        #expect(refusal { _ = try offline(world, id) } == .paymentInFlight)
        #expect(refusal { try world.credit(id) } == .paymentInFlight)
        #expect(
            refusal {
                _ = try world.act { try Invoices($0).markUncollectible(id, application: $1, by: .system, in: $2) }
            } == .paymentInFlight)
        #expect(try world.invoice(id).paymentStatus == .processing)
        try world.end(payment.hash)
        #expect(try world.invoice(id).status == .paid)
    }

    @Test func `surplus received becomes credit`() throws {
        let (world, subscription, invoice) = try renewal()
        let payment = try world.begin(invoice.id)
        try world.end(payment.hash, units: 1250)
        #expect(try world.invoice(invoice.id).status == .paid)
        #expect(try world.balance(of: subscription.customer) == 250)
        #expect(try world.world.findings() == [])
    }

    @Test func `void returns applied credit, and the subscription owes nothing`() throws {
        let (world, subscription, invoice) = try renewal()
        let paid = try #require(try world.invoices(of: subscription.id).first)
        try world.credit(paid.id) { input in
            var line = CreditLineInput()
            line.amount = DecimalAmount(decimal: JSONDecimal("4"))
            input.lines = [line]
        }
        try world.decline(invoice.id)
        try world.advance(to: "2025-03-01")
        let next = try #require(try world.invoices(of: subscription.id).last)
        #expect(next.creditApplied == Money(400, .usd) && next.amountDue == Money(600, .usd))
        try world.void(next.id)
        #expect(try world.balance(of: subscription.customer) == 400)
        #expect(refusal { try world.void(next.id) } == .invalidState)
        #expect(try world.world.findings() == [])
    }

    @Test func `an invoice given up can still be paid or voided`() throws {
        let (world, subscription, invoice) = try renewal()
        try world.decline(invoice.id)
        let id = invoice.id
        _ = try world.act { try Invoices($0).markUncollectible(id, application: $1, by: .system, in: $2) }
        #expect(try world.subscription(subscription.id).status == .active)
        #expect(try world.invoice(id).attemptDueAt == nil)
        try world.pay(id, isScheduled: false)
        #expect(try world.invoice(id).status == .paid)
        #expect(try world.world.findings() == [])
    }

    @Test func `numbers of invoices and notes have no gaps, and name the year`() throws {
        let (world, subscription, _) = try renewal()
        try world.run(to: "2026-02-02")
        let numbers = try world.invoices(of: subscription.id).compactMap(\.number)
        #expect(numbers.first == "INV-2025-000001" && numbers.last == "INV-2026-000014")
        let first = try #require(try world.invoices(of: subscription.id).first)
        #expect(try world.credit(first.id).note.number == "CN-2026-000001")
        #expect(try world.world.findings() == [])
    }

    @Test func `a zero total is paid at once`() throws {
        let world = try BillingWorld()
        try world.plan("free", "0")
        let created = try world.create("free")
        #expect(created.subscription.status == .active && created.invoice?.status == .paid)
        #expect(created.invoice?.number != nil)
        #expect(try world.world.findings() == [])
    }

    @Test func `a credit note reduces what is due first, then goes to the balance or back`() throws {
        let (world, subscription, invoice) = try renewal()
        _ = try offline(world, invoice.id, "3")
        let outcome = try world.credit(invoice.id)
        #expect(outcome.note.amount == Money(1000, .usd) && outcome.note.amountOffDue == Money(700, .usd))
        #expect(outcome.invoice.status == .paid && outcome.invoice.credited == Money(700, .usd))
        #expect(try world.balance(of: subscription.customer) == 300)
        #expect(refusal { try world.credit(invoice.id) } == .invalidState)
        let first = try #require(try world.invoices(of: subscription.id).first)
        let back = try world.credit(first.id) { $0.destination = .refund }
        #expect(back.refunds.count == 1 && back.note.amountRefunded == Money(1000, .usd))
        // The invoice itself is never rewritten.
        #expect(back.invoice.lines == first.lines && back.invoice.total == first.total && back.invoice.credited.isZero)
        #expect(try world.world.findings() == [])
    }

    @Test func `a credit note takes lines, each at most what is left of it`() throws {
        let world = try BillingWorld(at: "2025-01-01T00:00:00Z")
        try world.plan("basic", "10", fee: "5")
        let subscription = try world.active("basic")
        let invoice = try #require(try world.invoices(of: subscription.id).first)
        func credit(_ line: Int64, _ amount: String?) throws -> CreditOutcome {
            try world.credit(invoice.id) { input in
                var part = CreditLineInput()
                part.line = line
                part.amount = amount.map { DecimalAmount(decimal: JSONDecimal($0)) }
                input.lines = [part]
            }
        }
        #expect(try credit(1, "2").note.amount == Money(200, .usd))
        #expect(issues { _ = try credit(1, "3.01") } == ["lines[0].amount out_of_range"])
        #expect(issues { _ = try credit(7, nil) } == ["lines[0].line not_found"])
        #expect(try credit(1, nil).note.amount == Money(300, .usd))
        #expect(issues { _ = try credit(1, nil) } == ["lines[0].line out_of_range"])
        #expect(try world.credit(invoice.id).note.amount == Money(1000, .usd))
        #expect(try world.world.findings() == [])
    }

    @Test func `items are billed now, sent when a due date is given`() throws {
        let (world, subscription, _) = try renewal()
        let invoice = try world.generate(subscription.id) { input in
            var item = ItemInput()
            item.description = "Setup on site"
            item.quantity = 3
            item.unitPrice = DecimalAmount(decimal: JSONDecimal("1.10"))
            input.lines = [item]
            input.daysUntilDue = 14
        }
        #expect(invoice.total == Money(330, .usd) && invoice.billingReason == .manual)
        #expect(invoice.collection == .sendInvoice && invoice.dueDate == Timestamp("2025-02-15T00:00:00Z"))
        #expect(
            issues {
                try world.generate(subscription.id) {
                    $0.daysUntilDue = 1
                    $0.dueDate = Timestamp("2025-03-01")
                }
            } == ["days_until_due conflict"])
        try world.pay(invoice.id, isScheduled: false)
        #expect(try world.world.findings() == [])
    }
}
