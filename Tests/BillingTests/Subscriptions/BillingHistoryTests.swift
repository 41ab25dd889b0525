import Fields
import Glibc
import JSON
import Runtime
import Simulation
import Storage
import Testing

@testable import Billing

/// Random histories of subscriptions: after each step every invariant holds, and what a preview showed is what was
/// billed. `CENTRALPAY_HISTORIES` says how many; a few by default.
@Suite struct BillingHistoryTests {
    static let count = number("CENTRALPAY_HISTORIES") ?? 12
    static let first = number("CENTRALPAY_FIRST_HISTORY") ?? 1

    private static func number(_ name: String) -> Int? {
        unsafe getenv(name).flatMap { unsafe Int(String(cString: $0)) }
    }

    @Test(arguments: first..<first + count)
    func `every invariant holds after each step, and the preview is the bill`(seed: Int) throws {
        let history = try BillingHistory(seed: UInt64(seed))
        for _ in 0..<30 {
            let step = try history.step()
            let findings = try history.findings()
            #expect(findings == [], "seed \(seed), after \(history.log.joined(separator: " → "))")
            guard findings.isEmpty, step else { return }
        }
    }
}

/// One random history.
private final class BillingHistory {
    let world: BillingWorld
    private var state: UInt64
    private var customers: [CustomerID] = []
    private(set) var log: [String] = []
    private var broken: [String] = []

    private static let plans: [(String, String, BillingCycle)] = [
        ("basic", "10", .monthly), ("pro", "29.99", .monthly), ("max", "99.95", .monthly), ("yearly", "100", .yearly),
        ("weekly", "3.33", .weekly), ("daily", "0.77", .daily), ("free", "0", .monthly), ("quarter", "45", .quarterly),
    ]
    private static let starts = [
        "2024-01-31T23:59:59Z", "2024-02-29T00:00:00Z", "2025-01-01T12:00:00Z", "2025-12-31T08:30:00Z",
        "2023-08-30T17:00:01Z",
    ]

    init(seed: UInt64) throws {
        state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
        world = try BillingWorld(at: Self.starts[Int(seed % UInt64(Self.starts.count))], seed: seed)
        for (id, price, cycle) in Self.plans {
            try world.plan(id, price, cycle, trial: id == "pro" ? 14 : 0, fee: id == "max" ? "5" : nil)
        }
        let course = Int(seed / 7 % 3)
        try world.settings { settings in
            settings.afterDunning = [.cancel, .pastDue, .pause][course]
            settings.afterTrial = [.pastDue, .cancel, .pause][course]
            if seed % 11 == 0 { settings.retryDays = [] }
        }
        for name in ["ada", "bob"] {
            let customer = try world.customer("\(name)@example.com").id
            if name == "ada" { try world.card(of: customer) }
            customers.append(customer)
        }
    }

    private func random(_ below: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(below))
    }

    private func pick<Element>(_ list: [Element]) -> Element { list[random(list.count)] }

    func findings() throws -> [String] {
        try broken + world.world.findings() + conserved()
    }

    /// Nobody ever has more credit and refunds than money was received from them.
    private func conserved() throws -> [String] {
        var findings: [String] = []
        for customer in customers {
            let (received, back) = try world.world.read { snapshot in
                var received: Int64 = 0
                var back: Int64 = snapshot.get(Customer.self, Key(customer))?.balance(in: .usd).units ?? 0
                snapshot.scan(Invoice.byCustomer, prefix: Key(customer)) { invoice, _ in
                    received += invoice.amountPaid.units
                    for note in Invoices.notes(of: invoice.id, in: snapshot) { back += note.amountRefunded.units }
                    return true
                }
                return (received, back)
            }
            if back > received { findings.append("\(customer) has \(back) of \(received) received") }
        }
        return findings
    }

    private func subscriptions() throws -> [Subscription] {
        let id = world.application.id
        return try world.world.read { snapshot in
            var all: [Subscription] = []
            snapshot.scan(Subscription.byApplication, prefix: Key(id)) { subscription, _ in
                all.append(subscription)
                return true
            }
            return all
        }
    }

    private func invoices() throws -> [Invoice] {
        let id = world.application.id
        return try world.world.read { snapshot in
            var all: [Invoice] = []
            snapshot.scan(Invoice.byApplication, prefix: Key(id)) { invoice, _ in
                all.append(invoice)
                return true
            }
            return all
        }
    }

    /// Does one random thing; a refusal is an answer too.
    ///
    /// - Returns: false once something broke.
    func step() throws -> Bool {
        let all = try subscriptions()
        guard !all.isEmpty, random(8) > 0 else {
            try tries("create") { try create() }
            return broken.isEmpty
        }
        let one = pick(all)
        switch random(16) {
        case 0, 1, 2: try tries("change") { try change(one) }
        case 3: try tries("cancel") { try cancel(one) }
        case 4: try tries("reactivate") { try reactivate(one) }
        case 5: try tries("pause") { try pause(one) }
        case 6: try tries("resume") { try world.resume(one.id) }
        case 7: try tries("generate") { try generate(one) }
        case 8: try tries("activate") { try activate(one) }
        case 9: try tries("patch") { try patch(one) }
        case 10: try tries("credit") { try creditOne() }
        case 11: try tries("void") { try closeOne() }
        case 12: try tries("card") { try world.card(of: pick(customers)) }
        default: try tries("advance") { try advance() }
        }
        return broken.isEmpty
    }

    private func tries(_ name: String, _ body: () throws -> Void) throws {
        do {
            try body()
            log.append(name)
        } catch let refusal as Refusal {
            log.append("\(name) refused: \(refusal.code.rawValue)")
            if refusal.code == .internalError { broken.append("\(name): \(refusal.message)") }
        }
    }

    private func create() throws {
        let plan = pick(Self.plans).0
        let (quantity, trial, start, sent) = (random(3), random(4), random(6), random(4) == 0)
        let now = world.world.world.clock.now()
        let created = try world.create(plan, by: pick(customers)) { input in
            if quantity > 0 { input.quantity = Int64(quantity) }
            if trial == 0 { input.trialDays = 10 }
            if start == 0 { input.startDate = now.adding(seconds: 5 * 86_400) }
            if start == 1 { input.startDate = now.adding(seconds: -40 * 86_400) }
            if start == 2 { input.startDate = now.midnight }
            if sent { input.collection = .sendInvoice }
        }
        if let invoice = created.invoice, invoice.status == .open, random(4) > 0 { try collect(invoice.id) }
    }

    private func collect(_ id: InvoiceID) throws {
        switch random(8) {
        case 0: try world.decline(id, "stolen_card")
        case 1, 2: try world.decline(id)
        case 3:
            let payment = try world.begin(id)
            try world.end(payment.hash, units: payment.amount.units + 100)
        default: try world.pay(id)
        }
    }

    private func change(_ subscription: Subscription) throws {
        let (plan, quantity, later) = (pick(Self.plans).0, random(3), random(5) == 0)
        let proration: Proration? = [nil, nil, .invoiceNow, .nextInvoice, Proration.none][random(5)]
        func fill(_ input: inout ChangeInput) {
            input.plan = plan
            if quantity > 0 { input.quantity = Int64(quantity) }
            if later { input.effective = .periodEnd } else { input.proration = proration }
        }
        let preview = try world.preview(subscription.id, fill)
        let outcome = try world.change(subscription.id) { input in
            fill(&input)
            input.previewToken = preview.token
        }
        if let invoice = outcome.invoice {
            let isSame =
                invoice.lines == preview.lines && invoice.total == preview.total
                && invoice.creditApplied == preview.creditApplied
            let due = invoice.status == .paid ? 0 : invoice.amountDue.units
            if !isSame || due != preview.amountDue.units { broken.append("the change billed another amount") }
            if invoice.status == .open, random(5) > 0 { try collect(invoice.id) }
        } else if !preview.amountDue.isZero {
            broken.append("the change billed nothing")
        }
    }

    private func cancel(_ subscription: Subscription) throws {
        let now = random(2) == 0
        let proration = pick([CancelProration.none, .credit, .refund])
        try world.cancel(subscription.id) { input in
            input.atPeriodEnd = !now
            if now { input.proration = proration }
        }
    }

    private func reactivate(_ subscription: Subscription) throws {
        let id = subscription.id
        _ = try world.act { try Subscriptions($0).reactivate(id, application: $1, by: .system, in: $2) }
    }

    private func activate(_ subscription: Subscription) throws {
        let id = subscription.id
        _ = try world.act { try Subscriptions($0).activate(id, application: $1, by: .system, in: $2) }
    }

    private func pause(_ subscription: Subscription) throws {
        let days = Int64(1 + random(50))
        let until = world.world.world.clock.now().adding(seconds: days * 86_400)
        try world.pause(subscription.id, until: random(2) == 0 ? until.description : nil)
    }

    private func generate(_ subscription: Subscription) throws {
        let (isItem, isSent) = (random(2) == 0, random(3) == 0)
        let invoice = try world.generate(subscription.id) { input in
            if isItem {
                var item = ItemInput()
                item.description = "Extra"
                item.quantity = 2
                item.unitPrice = DecimalAmount(decimal: JSONDecimal("1.25"))
                input.lines = [item]
            }
            if isSent { input.daysUntilDue = 10 }
        }
        if invoice.status == .open, random(2) == 0 { try collect(invoice.id) }
    }

    private func patch(_ subscription: Subscription) throws {
        var patch = SubscriptionPatch()
        patch.quantity = Int64(1 + random(3))
        if random(3) == 0 { patch.collection = pick([.automatic, .sendInvoice]) }
        let (id, ready) = (subscription.id, patch)
        _ = try world.act { try Subscriptions($0).update(id, ready, application: $1, by: .system, in: $2) }
    }

    private func creditOne() throws {
        let invoices = try invoices()
        guard !invoices.isEmpty else { return }
        let invoice = pick(invoices)
        let (byLine, back) = (random(2) == 0, random(2) == 0)
        let position = random(max(1, invoice.lines.count))
        try world.credit(invoice.id) { input in
            if byLine {
                var line = CreditLineInput()
                line.line = Int64(position)
                line.amount = DecimalAmount(decimal: JSONDecimal("0.50"))
                input.lines = [line]
            }
            input.destination = back ? .refund : .balance
        }
    }

    private func closeOne() throws {
        let open = try invoices().filter { $0.status == .open || $0.status == .uncollectible }
        guard !open.isEmpty else { return }
        let id = pick(open).id
        switch random(4) {
        case 0: _ = try world.act { try Invoices($0).markUncollectible(id, application: $1, by: .system, in: $2) }
        case 1:
            var input = OfflineInput()
            if random(2) == 0 { input.amount = DecimalAmount(decimal: JSONDecimal("0.40")) }
            let ready = input
            _ = try world.act { try Invoices($0).recordOffline(id, ready, application: $1, by: .system, in: $2) }
        case 2: try collect(id)
        default: try world.void(id)
        }
    }

    /// Moves the clock; what is due happens, and each renewal bills what was upcoming.
    private func advance() throws {
        let seconds = pick([1, 3600, 86_400, 86_400 * 3, 86_400 * 20, 86_400 * 45] as [Int64])
        let target = world.world.world.clock.now().adding(seconds: seconds)
        if random(12) == 0 {
            // The server stood still.
            world.world.world.clock.set(target)
            return
        }
        let id = world.application.id
        var rounds = 0
        while rounds < 60 {
            rounds += 1
            let attempt = try world.world.read { $0.first(Invoice.byAttempt, Key(id)) }
            let due = try [world.nextDue(), attempt?.attemptDueAt].compactMap { $0 }.min()
            guard let due, due <= target else { break }
            if due > world.world.world.clock.now() { world.world.world.clock.set(due) }
            if let attempt, attempt.attemptDueAt == due {
                try collect(attempt.id)
            } else {
                try runCompared()
            }
        }
        if rounds < 60, target > world.world.world.clock.now() { world.world.world.clock.set(target) }
    }

    /// One round of due work; of a subscription that renews, the invoice must be the one that was upcoming.
    private func runCompared() throws {
        let now = world.world.world.clock.now()
        // Several that are due share their customer's credit: which of them uses it is seen only afterwards.
        let due = try subscriptions().filter { $0.dueAt.map { $0 <= now } == true }
        let renewing = due.filter {
            due.count == 1 && ($0.status == .active || $0.status == .pastDue) && $0.nextBillingAt == now
        }
        let shown = try renewing.map { ($0, try world.upcoming($0.id)) }
        try world.runDue()
        for (before, upcoming) in shown {
            guard
                let billed = try world.invoices(of: before.id).first(where: { $0.periodStart == upcoming.periodStart })
            else {
                if before.pendingChange?.effective != .now { broken.append("the upcoming invoice did not come") }
                continue
            }
            let isSame =
                billed.lines == upcoming.lines && billed.total == upcoming.total
                && billed.creditApplied == upcoming.creditApplied && billed.periodEnd == upcoming.periodEnd
            if !isSame {
                broken.append(
                    "\(upcoming.total) − \(upcoming.creditApplied) until \(upcoming.periodEnd?.description ?? "") was "
                        + "upcoming, \(billed.total) − \(billed.creditApplied) until "
                        + "\(billed.periodEnd?.description ?? "") was billed")
            }
        }
    }
}
