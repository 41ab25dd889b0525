import Fields
import JSON
import Runtime
import Storage
import Testing

@testable import Billing

/// Starts, trials, renewals and ends, each at its own time.
@Suite struct SubscriptionCalendarTests {
    private func time(_ text: String) throws -> Timestamp { try BillingWorld.time(text) }

    @Test func `an earlier start is the anchor only, and billing begins now with a share of the period`() throws {
        let world = try BillingWorld(at: "2025-03-11T00:00:00Z")
        try world.plan("basic", "31")
        let start = try time("2024-01-01")
        let subscription = try world.active("basic") { $0.startDate = start }
        let invoice = try #require(try world.invoices(of: subscription.id).first)
        #expect(
            try subscription.periodStart == (try time("2025-03-11"))
                && subscription.periodEnd == (try time("2025-04-01")))
        // 21 of 31 days.
        #expect(invoice.total == Money(2100, .usd) && invoice.lines[0].isProration)
        try world.run(to: "2025-04-02")
        #expect(try world.invoices(of: subscription.id).last?.total == Money(3100, .usd))
        #expect(try world.world.findings() == [])
    }

    @Test func `a later start is scheduled, and begins by itself`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        let customer = try world.customer()
        try world.card(of: customer.id)
        let start = try time("2025-01-20")
        let created = try world.create("basic", by: customer.id) { $0.startDate = start }
        #expect(created.subscription.status == .scheduled && created.invoice == nil)
        #expect(created.subscription.nextBillingAt == start)
        #expect(try world.upcoming(created.subscription.id).total == Money(1000, .usd))
        try world.run(to: "2025-01-21")
        let begun = try world.subscription(created.subscription.id)
        #expect(begun.status == .active && begun.periodStart == start)
        #expect(try world.world.findings() == [])
    }

    @Test(arguments: ["1900-01-01", "2300-01-01"])
    func `a start far away is refused`(date: String) throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        let start = try time(date)
        #expect(issues { _ = try world.create("basic") { $0.startDate = start } } == ["start_date out_of_range"])
    }

    @Test func `in a trial the end of the period is a forecast, and the anchor moves to the trial's end`() throws {
        let world = try BillingWorld(at: "2025-01-31T10:00:00Z")
        try world.plan("basic", "10", trial: 40, fee: "3")
        let subscription = try world.active("basic")
        let end = try time("2025-03-12T10:00:00Z")
        #expect(subscription.status == .trialing && subscription.trialEnd == end && subscription.periodEnd == end)
        let upcoming = try world.upcoming(subscription.id)
        #expect(upcoming.total == Money(1300, .usd) && upcoming.periodStart == end)
        try world.run(to: "2025-03-13")
        let paying = try world.subscription(subscription.id)
        #expect(paying.status == .active && paying.anchor == end)
        #expect(paying.periodEnd == (try time("2025-04-12T10:00:00Z")))
        // The setup fee is billed once.
        #expect(try world.invoices(of: subscription.id).map(\.total.units) == [1300])
        try world.run(to: "2025-04-13")
        #expect(try world.invoices(of: subscription.id).map(\.total.units) == [1300, 1000])
        #expect(try world.world.findings() == [])
    }

    @Test func `the end of a trial is announced three days before, once`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10", trial: 14)
        let subscription = try world.active("basic")
        try world.run(to: "2025-01-12T11:59:59Z")
        #expect(try !world.subscription(subscription.id).trialReminderSent)
        try world.run(to: "2025-01-14")
        let told = try world.world.events().filter { $0.type == .subscriptionTrialEnding }
        #expect(told.map(\.createdAt) == [try time("2025-01-12T12:00:00Z")])
    }

    @Test func `a trial is given once for each customer and plan, unless asked for`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10", trial: 14)
        try world.plan("other", "10", trial: 7)
        #expect(try world.create("basic").subscription.status == .trialing)
        #expect(try world.create("basic").subscription.status == .incomplete)
        #expect(try world.create("basic") { $0.trialDays = 5 }.subscription.status == .trialing)
        #expect(try world.create("other").subscription.status == .trialing)
        #expect(try world.create("basic") { $0.customerEmail = "bob@example.com" }.subscription.status == .trialing)
        #expect(try world.world.findings() == [])
    }

    @Test(arguments: [
        (AfterTrial.pastDue, SubscriptionStatus.pastDue), (.cancel, .cancelled), (.pause, .paused),
    ])
    func `a trial that ends without a card takes the application's course`(
        setting: AfterTrial, status: SubscriptionStatus
    ) throws {
        let world = try BillingWorld()
        try world.settings { $0.afterTrial = setting }
        try world.plan("basic", "10", trial: 14)
        let created = try world.create("basic").subscription
        #expect(created.setupURL != nil)
        try world.run(to: "2025-01-16")
        let ended = try world.subscription(created.id)
        #expect(ended.status == status)
        let invoices = try world.invoices(of: created.id)
        #expect(invoices.map(\.status) == (setting == .pastDue ? [.open] : []))
        #expect(invoices.allSatisfy { $0.attemptDueAt == nil && $0.halt == .awaitingCard })
        #expect(try world.world.findings() == [])
        guard setting == .pause else { return }
        // With a card it goes on where it stopped: at the end of the trial.
        try world.card(of: created.customer)
        _ = try world.act {
            var patch = SubscriptionPatch()
            patch.paymentMethod = .clear
            return try Subscriptions($0).update(created.id, patch, application: $1, by: .system, in: $2)
        }
        #expect(try world.resume(created.id).status == .active)
        #expect(try world.world.findings() == [])
    }

    @Test func `an incomplete subscription is cancelled after 23 hours and owes nothing`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        let created = try world.create("basic")
        try world.run(to: "2025-01-02T10:59:59Z")
        #expect(try world.subscription(created.subscription.id).status == .incomplete)
        try world.run(to: "2025-01-02T11:00:00Z")
        let ended = try world.subscription(created.subscription.id)
        #expect(ended.status == .cancelled && ended.endedAt != nil)
        #expect(try world.invoices(of: ended.id).map(\.status) == [.void])
        #expect(try world.world.findings() == [])
    }

    @Test func `a payment in flight keeps an incomplete subscription waiting`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        let created = try world.create("basic")
        let invoice = try #require(created.invoice)
        try world.advance(to: "2025-01-02T10:30:00Z")
        let payment = try world.begin(invoice.id, isScheduled: false)
        try world.advance(to: "2025-01-02T11:30:00Z")
        #expect(try world.subscription(created.subscription.id).status == .incomplete)
        try world.end(payment.hash)
        try world.advance(to: "2025-01-02T13:00:00Z")
        #expect(try world.subscription(created.subscription.id).status == .active)
        #expect(try world.world.findings() == [])
    }

    @Test func `after a long stop all missed periods are billed in order, and only the newest is charged`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        let subscription = try world.active("basic")
        try world.sleep(until: "2025-04-15")
        for _ in 0..<3 { try world.runDue() }
        let invoices = try world.invoices(of: subscription.id).sorted { ($0.number ?? "") < ($1.number ?? "") }
        #expect(
            invoices.map { $0.periodStart?.description.prefix(10) } == [
                "2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01",
            ])
        #expect(invoices.map(\.status) == [.paid, .open, .open, .open])
        #expect(invoices.map { $0.attemptDueAt != nil } == [false, false, false, true])
        #expect(try world.world.findings() == [])
    }

    @Test func `a clock that goes back repeats nothing`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        let subscription = try world.active("basic")
        try world.run(to: "2025-02-02")
        let count = try world.invoices(of: subscription.id).count
        try world.sleep(until: "2025-01-05")
        try world.runDue()
        try world.run(to: "2025-02-20")
        #expect(try world.invoices(of: subscription.id).count == count)
        #expect(try world.world.findings() == [])
    }

    @Test func `due work of another application is left alone`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        let subscription = try world.active("basic")
        try world.sleep(until: "2025-02-05")
        let work = SubscriptionWork(store: world.world.store, ledger: world.ledger)
        let other = ApplicationID(value: 9)
        #expect(try world.world.read { work.nextDue(of: other, in: $0) } == nil)
        #expect(try world.world.read { work.nextDue(of: world.application.id, in: $0) } == subscription.periodEnd)
    }

    @Test func `a period that was billed ahead is skipped by renewal`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        let subscription = try world.active("basic")
        let ahead = try world.generate(subscription.id)
        #expect(ahead.periodStart == subscription.periodEnd && ahead.billingReason == .subscriptionCycle)
        try world.pay(ahead.id)
        #expect(refusal { try world.generate(subscription.id) } == .invalidState)
        #expect(try world.upcoming(subscription.id).periodStart == ahead.periodEnd)
        try world.run(to: "2025-02-10")
        #expect(try world.subscription(subscription.id).periodStart == ahead.periodStart)
        try world.run(to: "2025-03-02")
        #expect(try world.invoices(of: subscription.id).map(\.total.units) == [1000, 1000, 1000])
        #expect(try world.world.findings() == [])
    }

    @Test func `a period billed ahead and voided is billed anew`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        let subscription = try world.active("basic")
        let ahead = try world.generate(subscription.id)
        try world.void(ahead.id)
        #expect(try world.subscription(subscription.id).billedUntil == subscription.periodEnd)
        try world.run(to: "2025-02-10")
        #expect(try world.invoices(of: subscription.id).map(\.status) == [.paid, .void, .paid])
        #expect(try world.world.findings() == [])
    }

    @Test func `a paused period resumes where it stopped`() throws {
        let world = try BillingWorld(at: "2025-01-31T00:00:00Z")
        try world.plan("basic", "10")
        let subscription = try world.active("basic")
        try world.run(to: "2025-03-10")
        #expect(try world.subscription(subscription.id).periodEnd == (try time("2025-03-31")))
        try world.pause(subscription.id, until: "2025-03-20")
        #expect(try world.subscription(subscription.id).nextBillingAt == nil)
        #expect(refusal { try world.pause(subscription.id) } == .invalidState)
        #expect(refusal { try world.generate(subscription.id) } == .invalidState)
        try world.run(to: "2025-03-21")
        let resumed = try world.subscription(subscription.id)
        #expect(try resumed.status == .active && resumed.periodEnd == (try time("2025-04-10")))
        try world.run(to: "2025-04-11")
        let billed = try #require(try world.invoices(of: subscription.id).last)
        #expect(try billed.periodStart == (try time("2025-04-10")) && billed.periodEnd == (try time("2025-05-10")))
        #expect(try world.world.findings() == [])
    }

    @Test func `a pause of a moment keeps the day of the month`() throws {
        let world = try BillingWorld(at: "2025-01-31T00:00:00Z")
        try world.plan("basic", "10")
        let subscription = try world.active("basic")
        try world.run(to: "2025-04-05")
        try world.pause(subscription.id)
        try world.advance(to: "2025-04-05T00:00:01Z")
        try world.resume(subscription.id)
        try world.run(to: "2025-06-02")
        let ends = try world.invoices(of: subscription.id).suffix(2).map(\.periodEnd?.description)
        #expect(ends == ["2025-05-31T00:00:01Z", "2025-06-30T00:00:01Z"])
        #expect(try world.world.findings() == [])
    }

    @Test func `a trial that is paused goes on with the days it had left`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10", trial: 14)
        let subscription = try world.active("basic")
        try world.run(to: "2025-01-05T12:00:00Z")
        try world.pause(subscription.id)
        try world.run(to: "2025-03-01T12:00:00Z")
        #expect(try world.resume(subscription.id).trialEnd == (try time("2025-03-11T12:00:00Z")))
        try world.run(to: "2025-03-12")
        #expect(try world.subscription(subscription.id).status == .active)
        #expect(try world.world.findings() == [])
    }

    @Test func `a subscription that ends with its period can be taken back until then`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        let subscription = try world.active("basic")
        #expect(
            refusal {
                _ = try world.act {
                    try Subscriptions($0).reactivate(subscription.id, application: $1, by: .system, in: $2)
                }
            } == .invalidState)
        let leaving = try world.cancel(subscription.id).subscription
        #expect(leaving.status == .active && leaving.cancelAt == subscription.periodEnd && leaving.nextBillingAt == nil)
        #expect(refusal { try world.cancel(subscription.id) } == .invalidState)
        #expect(refusal { _ = try world.upcoming(subscription.id) } == .notFound)
        let back = try world.act {
            try Subscriptions($0).reactivate(subscription.id, application: $1, by: .system, in: $2)
        }
        #expect(!back.cancelsAtPeriodEnd && back.cancelledAt == nil)
        try world.cancel(subscription.id)
        try world.run(to: "2025-03-01")
        let ended = try world.subscription(subscription.id)
        #expect(ended.status == .cancelled && ended.endedAt == subscription.periodEnd)
        #expect(try world.invoices(of: subscription.id).count == 1)
        #expect(
            refusal {
                _ = try world.act {
                    try Subscriptions($0).reactivate(subscription.id, application: $1, by: .system, in: $2)
                }
            } == .invalidState)
        #expect(try world.world.findings() == [])
    }

    @Test func `an act on the past is decided on the present`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        try world.plan("pro", "30")
        let subscription = try world.active("basic")
        // The server slept over a renewal: it is billed first, and its unpaid invoice refuses the change.
        try world.sleep(until: "2025-02-10")
        #expect(refusal { try world.change(subscription.id) { $0.plan = "pro" } } == .invoiceOpen)
        #expect(try world.world.findings() == [])
    }

    @Test func `activate ends the trial now, and asks for a card first`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10", trial: 14)
        let created = try world.create("basic").subscription
        let activate: (SubscriptionID) throws -> Subscription = { id in
            try world.act { try Subscriptions($0).activate(id, application: $1, by: .system, in: $2) }
        }
        #expect(refusal { _ = try activate(created.id) } == .paymentMethodRequired)
        let subscription = try world.active("basic") { $0.trialDays = 9 }
        try world.run(to: "2025-01-03")
        let activated = try activate(subscription.id)
        #expect(try activated.status == .active && activated.trialEnd == (try time("2025-01-03")))
        #expect(refusal { _ = try activate(subscription.id) } == .invalidState)
        #expect(try world.world.findings() == [])
    }

    @Test func `a customer with a live subscription is not forgotten`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        let subscription = try world.active("basic")
        let customer = subscription.customer
        let forget: () throws -> Void = {
            _ = try world.act { try Customers($0).forget(customer, application: $1, by: .system, in: $2) }
        }
        #expect(refusal { try forget() } == .invalidState)
        try world.cancel(subscription.id) {
            $0.atPeriodEnd = false
            $0.proration = .credit
        }
        #expect(refusal { try forget() } == nil)
        // Money can still be recorded, and no event names anybody.
        #expect(try world.world.findings() == [])
        #expect(refusal { _ = try world.create("basic", by: customer) } == .validationFailed)
    }
}
