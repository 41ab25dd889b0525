import Fields
import JSON
import Runtime
import Storage
import Testing

@testable import Billing

/// Change of plan and cancelling: what is billed, when it takes effect, and that nothing is earned by it.
@Suite struct PlanChangeTests {
    /// Basic 10.00 and pro 30.00 monthly, both from 1 January: half of the 31 days have passed at noon of the 16th.
    private func half(_ plan: String = "basic") throws -> (BillingWorld, Subscription) {
        let world = try BillingWorld(at: "2025-01-01T00:00:00Z")
        try world.plan("basic", "10")
        try world.plan("pro", "30")
        try world.plan("yearly", "100", .yearly)
        try world.plan("euro", "10", currency: "EUR")
        let subscription = try world.active(plan)
        try world.run(to: "2025-01-16T12:00:00Z")
        return (world, subscription)
    }

    @Test func `proration is by the second, for each line, with one instant`() throws {
        let (world, subscription) = try half()
        let preview = try world.preview(subscription.id) { $0.plan = "pro" }
        #expect(preview.lines.map(\.amount.units) == [-500, 1500] && preview.proration == .invoiceNow)
        #expect(preview.lines[0].periodStart == preview.lines[1].periodStart)
        #expect(preview.lines.allSatisfy { $0.isProration && $0.periodEnd == subscription.periodEnd })
        #expect(preview.amountDue == Money(1000, .usd))
        try world.advance(to: "2025-01-16T12:00:01Z")
        let later = try world.preview(subscription.id) { $0.plan = "pro" }
        #expect(later.lines.map(\.amount.units) == [-500, 1500] && later.token != preview.token)
        try world.advance(to: "2025-01-16T13:00:00Z")
        // 1,335,600 of 2,678,400 seconds.
        #expect(try world.preview(subscription.id) { $0.plan = "pro" }.lines.map(\.amount.units) == [-499, 1496])
    }

    @Test func `invoice_now switches only once it is paid`() throws {
        let (world, subscription) = try half()
        let outcome = try world.change(subscription.id) { $0.plan = "pro" }
        let invoice = try #require(outcome.invoice)
        #expect(invoice.status == .open && outcome.subscription.plan.id == "basic")
        let waiting = try #require(outcome.subscription.pendingChange)
        #expect(waiting.invoice == invoice.id && waiting.plan.id == "pro")
        #expect(waiting.expiresAt == waiting.at.adding(seconds: 23 * 3600))
        #expect(refusal { try world.change(subscription.id) { $0.plan = "pro" } } == .invoiceOpen)
        #expect(refusal { try world.pause(subscription.id) } == .invoiceOpen)
        try world.pay(invoice.id)
        let changed = try world.subscription(subscription.id)
        #expect(changed.plan.id == "pro" && changed.pendingChange == nil && changed.periodEnd == subscription.periodEnd)
        try world.run(to: "2025-02-02")
        #expect(try world.invoices(of: subscription.id).map(\.total.units) == [1000, 1000, 3000])
        #expect(try world.world.findings() == [])
    }

    @Test func `the invoice of a change that waits is voided, not given up: nobody pays for a change never made`()
        throws
    {
        let (world, subscription) = try half()
        let invoice = try #require(try world.change(subscription.id) { $0.plan = "pro" }.invoice)
        #expect(refusal { try world.giveUp(invoice.id) } == .invalidState)
        #expect(try world.subscription(subscription.id).pendingChange?.invoice == invoice.id)
        try world.void(invoice.id)
        #expect(try world.subscription(subscription.id).pendingChange == nil)
        #expect(try world.world.findings() == [])
    }

    @Test func `a declined change leaves everything as it was`() throws {
        let (world, subscription) = try half()
        let customer = subscription.customer
        let invoice = try #require(try world.change(subscription.id) { $0.plan = "pro" }.invoice)
        try world.decline(invoice.id)
        let after = try world.subscription(subscription.id)
        #expect(after.plan.id == "basic" && after.pendingChange == nil && after.status == .active)
        #expect(try world.invoice(invoice.id).status == .void)
        #expect(try world.balance(of: customer) == 0)
        #expect(try world.world.findings() == [])
    }

    @Test func `a change that is not paid within 23 hours is given up, unless its payment is on its way`() throws {
        let (world, subscription) = try half()
        let invoice = try #require(try world.change(subscription.id) { $0.plan = "pro" }.invoice)
        try world.advance(to: "2025-01-17T10:00:00Z")
        let payment = try world.begin(invoice.id, isScheduled: false)
        try world.advance(to: "2025-01-17T11:30:00Z")
        #expect(try world.subscription(subscription.id).pendingChange != nil)
        try world.end(payment.hash)
        #expect(try world.subscription(subscription.id).plan.id == "pro")
        let second = try #require(try world.change(subscription.id) { $0.quantity = 2 }.invoice)
        try world.advance(to: "2025-01-18T11:30:00Z")
        #expect(try world.subscription(subscription.id).quantity == 1)
        #expect(try world.invoice(second.id).status == .void)
        #expect(try world.world.findings() == [])
    }

    @Test func `next_invoice switches now and bills with the next invoice`() throws {
        let (world, subscription) = try half()
        let outcome = try world.change(subscription.id) {
            $0.plan = "pro"
            $0.proration = .nextInvoice
        }
        #expect(outcome.invoice == nil && outcome.subscription.plan.id == "pro")
        #expect(try world.upcoming(subscription.id).lines.map(\.amount.units) == [3000, -500, 1500])
        try world.run(to: "2025-02-02")
        #expect(try world.invoices(of: subscription.id).map(\.total.units) == [1000, 4000])
        #expect(try world.subscription(subscription.id).pendingItems == [])
        #expect(try world.world.findings() == [])
    }

    @Test func `without proration only the coming periods differ, and the way back earns nothing`() throws {
        let (world, subscription) = try half()
        try world.change(subscription.id) {
            $0.plan = "pro"
            $0.proration = Proration.none
        }
        let back = try world.preview(subscription.id) {
            $0.plan = "basic"
            $0.proration = .invoiceNow
        }
        #expect(back.lines.map(\.amount.units) == [-500, 500] && back.amountDue.isZero)
        try world.run(to: "2025-02-02")
        #expect(try world.invoices(of: subscription.id).map(\.total.units) == [1000, 3000])
        #expect(try world.world.findings() == [])
    }

    @Test func `a negative total becomes credit, which the next invoice uses`() throws {
        let (world, subscription) = try half("pro")
        let preview = try world.preview(subscription.id) {
            $0.plan = "basic"
            $0.proration = .invoiceNow
        }
        #expect(preview.total == Money(-1000, .usd))
        let outcome = try world.change(subscription.id) {
            $0.plan = "basic"
            $0.proration = .invoiceNow
        }
        #expect(outcome.invoice?.status == .paid && outcome.subscription.plan.id == "basic")
        #expect(try world.balance(of: subscription.customer) == 1000)
        #expect(try world.upcoming(subscription.id).creditApplied == Money(1000, .usd))
        try world.run(to: "2025-02-02")
        let renewal = try #require(try world.invoices(of: subscription.id).last)
        #expect(renewal.status == .paid && renewal.creditApplied == Money(1000, .usd) && renewal.payments == [])
        #expect(try world.balance(of: subscription.customer) == 0)
        #expect(try world.world.findings() == [])
    }

    @Test func `a change that gives money back waits for the next invoice by default`() throws {
        let (world, subscription) = try half("pro")
        let outcome = try world.change(subscription.id) { $0.plan = "basic" }
        #expect(outcome.invoice == nil && outcome.subscription.pendingItems.map(\.amount.units) == [-1500, 500])
    }

    @Test func `at the end of the period it can be replaced, withdrawn, and takes effect then`() throws {
        let (world, subscription) = try half()
        func later(_ plan: String, _ quantity: Int64? = nil) throws -> Subscription {
            try world.change(subscription.id) {
                $0.plan = plan
                $0.quantity = quantity
                $0.effective = .periodEnd
            }.subscription
        }
        #expect(try later("pro").pendingChange?.plan.id == "pro")
        #expect(try later("yearly").pendingChange?.plan.id == "yearly")
        #expect(try world.upcoming(subscription.id).total == Money(10_000, .usd))
        #expect(try later("basic").pendingChange == nil)
        #expect(issues { _ = try later("basic") } == ["plan_id unchanged"])
        _ = try later("yearly", 2)
        try world.run(to: "2025-02-02")
        let changed = try world.subscription(subscription.id)
        #expect(changed.plan.id == "yearly" && changed.quantity == 2 && changed.pendingChange == nil)
        #expect(changed.periodEnd == Timestamp("2026-02-01T00:00:00Z"))
        #expect(try world.world.findings() == [])
    }

    @Test func `another cycle restarts the period now`() throws {
        let (world, subscription) = try half()
        let now = try BillingWorld.time("2025-01-16T12:00:00Z")
        #expect(
            issues {
                try world.change(subscription.id) {
                    $0.plan = "yearly"
                    $0.proration = .nextInvoice
                }
            } == ["proration conflict"])
        let outcome = try world.change(subscription.id) { $0.plan = "yearly" }
        let invoice = try #require(outcome.invoice)
        #expect(invoice.lines.map(\.amount.units) == [-500, 10_000])
        try world.pay(invoice.id)
        let changed = try world.subscription(subscription.id)
        #expect(changed.periodStart == now && changed.anchor == now)
        #expect(changed.periodEnd == Timestamp("2026-01-16T12:00:00Z"))
        // And back at once: all that was paid is worth what it bought.
        let back = try world.preview(subscription.id) { $0.plan = "basic" }
        #expect(back.lines.map(\.amount.units) == [-10_000, 1000])
        #expect(try world.world.findings() == [])
    }

    @Test func `a change of currency, to an archived or unknown plan, or to nothing new is refused`() throws {
        let (world, subscription) = try half()
        let id = subscription.id
        #expect(issues { try world.change(id) { $0.plan = "euro" } } == ["plan_id currency_differs"])
        #expect(issues { try world.change(id) { $0.plan = "nope" } } == ["plan_id not_found"])
        #expect(issues { try world.change(id) { $0.plan = "basic" } } == ["plan_id unchanged"])
        #expect(issues { try world.change(id) { $0.quantity = 1 } } == ["plan_id unchanged"])
        _ = try world.act { try Plans($0).archive("pro", application: $1, by: .system, in: $2) }
        #expect(issues { try world.change(id) { $0.plan = "pro" } } == ["plan_id archived"])
        #expect(issues { _ = try world.create("pro") } == ["plan_id archived"])
    }

    @Test func `a change is refused while an invoice of the period is unpaid`() throws {
        let world = try BillingWorld(at: "2025-01-01T00:00:00Z")
        try world.plan("basic", "10")
        try world.plan("pro", "30")
        let created = try world.create("basic") { $0.collection = .sendInvoice }
        let id = created.subscription.id
        #expect(created.subscription.status == .active && created.invoice?.dueDate == Timestamp("2025-01-31T00:00:00Z"))
        #expect(refusal { try world.change(id) { $0.plan = "pro" } } == .invoiceOpen)
        #expect(
            refusal {
                try world.change(id) {
                    $0.plan = "pro"
                    $0.effective = .periodEnd
                }
            } == nil)
    }

    @Test func `a change in the middle of dunning is refused while the period is unpaid`() throws {
        let (world, subscription) = try half()
        try world.advance(to: "2025-02-01")
        let renewal = try #require(try world.invoices(of: subscription.id).last)
        try world.decline(renewal.id)
        #expect(try world.subscription(subscription.id).status == .pastDue)
        #expect(refusal { try world.change(subscription.id) { $0.plan = "pro" } } == .invoiceOpen)
        #expect(issues { try world.change(subscription.id) { $0.plan = "euro" } } == ["plan_id currency_differs"])
        try world.pay(renewal.id)
        #expect(try world.subscription(subscription.id).status == .active)
        #expect(try world.world.findings() == [])
    }

    @Test func `a preview binds the change to what it showed, or the change refuses`() throws {
        let (world, subscription) = try half()
        let id = subscription.id
        let preview = try world.preview(id) { $0.plan = "pro" }
        try world.advance(to: "2025-01-16T12:59:59Z")
        let outcome = try world.change(id) {
            $0.plan = "pro"
            $0.previewToken = preview.token
        }
        #expect(outcome.invoice?.lines == preview.lines)
        func refused(_ token: String, _ plan: String = "pro") -> Refusal.Code? {
            refusal {
                try world.change(id) {
                    $0.plan = plan
                    $0.previewToken = token
                }
            }
        }
        try world.void(try #require(outcome.invoice).id)
        // The subscription has changed since.
        #expect(refused(preview.token) == .invalidState)
        let second = try world.preview(id) { $0.plan = "pro" }
        #expect(refused(second.token, "yearly") == .invalidState)
        let end = second.token.utf8.last == 0x30 ? "1" : "0"
        #expect(refused(String(second.token.dropLast()) + end) == .invalidState)
        #expect(refused("rubbish") == .validationFailed)
        try world.advance(to: "2025-01-16T14:00:00Z")
        #expect(refused(second.token) == .invalidState)
        let third = try world.preview(id) { $0.plan = "pro" }
        let first = try #require(try world.invoices(of: id).first)
        try world.credit(first.id) { input in
            var line = CreditLineInput()
            line.amount = DecimalAmount(decimal: JSONDecimal("0.01"))
            input.lines = [line]
        }
        #expect(refused(third.token) == .invalidState)
    }

    @Test func `of two changes at once the second is refused`() throws {
        let (world, subscription) = try half()
        let token = try world.preview(subscription.id) { $0.plan = "pro" }.token
        try world.change(subscription.id) {
            $0.plan = "pro"
            $0.previewToken = token
        }
        #expect(
            refusal {
                try world.change(subscription.id) {
                    $0.plan = "pro"
                    $0.previewToken = token
                }
            } == .invoiceOpen)
    }

    @Test func `credits never exceed what was paid, earlier credits deducted`() throws {
        let (world, subscription) = try half("pro")
        let first = try #require(try world.invoices(of: subscription.id).first)
        try world.credit(first.id) { input in
            var line = CreditLineInput()
            line.amount = DecimalAmount(decimal: JSONDecimal("20"))
            input.lines = [line]
        }
        // 10.00 is left of 30.00, so the unused half is worth 10.00 at most.
        let preview = try world.preview(subscription.id) {
            $0.plan = "basic"
            $0.proration = .invoiceNow
        }
        #expect(preview.lines.map(\.amount.units) == [-1000, 500])
        try world.change(subscription.id) {
            $0.plan = "basic"
            $0.proration = .invoiceNow
        }
        #expect(try world.balance(of: subscription.customer) == 2500)
        #expect(refusal { try world.credit(first.id) } == .validationFailed)
        #expect(try world.world.findings() == [])
    }

    @Test func `quantities and prices that cannot be counted are refused`() throws {
        let world = try BillingWorld()
        try world.plan("huge", "999999999999")
        #expect(issues { _ = try world.create("huge") { $0.quantity = 2 } } == ["quantity out_of_range"])
        let subscription = try world.active("huge")
        #expect(issues { try world.change(subscription.id) { $0.quantity = 1_000_000 } } == ["quantity out_of_range"])
        #expect(issues { try world.change(subscription.id) { $0.quantity = .max } } == ["quantity out_of_range"])
        #expect(try world.world.findings() == [])
    }

    @Test func `a patch changes the quantity from the next renewal on`() throws {
        let (world, subscription) = try half()
        func patch(_ quantity: Int64) throws -> Subscription {
            try world.act {
                var patch = SubscriptionPatch()
                patch.quantity = quantity
                return try Subscriptions($0).update(subscription.id, patch, application: $1, by: .system, in: $2)
            }
        }
        #expect(try patch(3).quantity == 1)
        #expect(try world.upcoming(subscription.id).total == Money(3000, .usd))
        #expect(try patch(1).pendingChange == nil)
        _ = try patch(2)
        try world.run(to: "2025-02-02")
        #expect(try world.subscription(subscription.id).quantity == 2)
        #expect(try world.world.findings() == [])
    }

    @Test(
        arguments: [(CancelProration.none, 0, 0), (.credit, 500, 0), (.refund, 0, 500)]
            as [(CancelProration, Int64, Int64)])
    func `cancelling at once gives unused time back as asked`(
        proration: CancelProration, credit: Int64, refunded: Int64
    ) throws {
        let (world, subscription) = try half()
        let outcome = try world.cancel(subscription.id) {
            $0.atPeriodEnd = false
            $0.proration = proration
            $0.reason = "Too expensive."
        }
        #expect(
            outcome.subscription.status == .cancelled && outcome.subscription.cancellationReason == "Too expensive.")
        #expect(try world.balance(of: subscription.customer) == credit)
        #expect(outcome.creditNotes.map(\.amountRefunded.units).reduce(0, +) == refunded)
        #expect(outcome.refunds.count == (refunded > 0 ? 1 : 0))
        for request in outcome.refunds {
            let payment = try #require(try world.world.read { $0.get(Payment.self, Key(request.payment)) })
            #expect(payment.refunds.map(\.amount.units) == [refunded])
        }
        #expect(refusal { try world.cancel(subscription.id) } == .invalidState)
        try world.run(to: "2025-06-01")
        #expect(try world.invoices(of: subscription.id).count == 1)
        #expect(try world.world.findings() == [])
    }

    @Test func `ending at once is one event, and its reason takes the place of an earlier one`() throws {
        let (world, subscription) = try half()
        try world.cancel(subscription.id) { $0.reason = "Too expensive." }
        let id = subscription.id.description
        let earlier = try world.world.events().filter { $0.objectID == id }.count
        let outcome = try world.cancel(subscription.id) {
            $0.atPeriodEnd = false
            $0.reason = "Moved away."
        }
        #expect(outcome.subscription.cancellationReason == "Moved away.")
        let told = try world.world.events().filter { $0.objectID == id }.dropFirst(earlier)
        #expect(told.map(\.type) == [.subscriptionCancelled])
        #expect(told.map(\.reason) == ["Moved away."])
    }

    @Test func `proration is refused for a cancellation at the end of the period`() throws {
        let (world, subscription) = try half()
        #expect(issues { try world.cancel(subscription.id) { $0.proration = .credit } } == ["proration conflict"])
    }

    @Test func `cancelling keeps open debts without tries, and what waits is billed`() throws {
        let (world, subscription) = try half()
        try world.change(subscription.id) {
            $0.plan = "pro"
            $0.proration = .nextInvoice
        }
        try world.advance(to: "2025-02-01")
        let renewal = try #require(try world.invoices(of: subscription.id).last)
        try world.decline(renewal.id)
        try world.cancel(subscription.id) { $0.atPeriodEnd = false }
        let debt = try world.invoice(renewal.id)
        #expect(debt.status == .open && debt.halt == .ended && debt.attemptDueAt == nil)
        try world.pay(renewal.id, isScheduled: false)
        #expect(try world.invoice(renewal.id).status == .paid)
        #expect(try world.subscription(subscription.id).status == .cancelled)
        #expect(try world.world.findings() == [])
    }

    @Test func `cancelling gives a change up that waits for its payment`() throws {
        let (world, subscription) = try half()
        let invoice = try #require(try world.change(subscription.id) { $0.plan = "pro" }.invoice)
        try world.cancel(subscription.id) { $0.atPeriodEnd = false }
        #expect(try world.invoice(invoice.id).status == .void)
        #expect(try world.subscription(subscription.id).pendingChange == nil)
        #expect(try world.world.findings() == [])
    }
}
