import Billing
import Runtime
import Simulation
import Storage

/// What must be true of subscriptions, invoices and credit after every step.
struct BillingAudit {
    /// What is wrong, a sentence each.
    private(set) var findings: [String] = []
    private(set) var invoiceCount = 0
    private(set) var subscriptionCount = 0

    private let payments: [PaymentHash: Payment]

    /// Reads everything there is.
    init(_ node: ServerNode) throws {
        let clock = node.world.doors.clock
        let application = node.application
        let read = try node.store.readSync { snapshot in
            (
                now: snapshot.now(of: application, clock), subscriptions: Self.all(Subscription.self, snapshot),
                invoices: Self.all(Invoice.self, snapshot), customers: Self.all(Customer.self, snapshot),
                entries: Self.all(CreditEntry.self, snapshot), payments: Self.all(Payment.self, snapshot)
            )
        }
        payments = Dictionary(uniqueKeysWithValues: read.payments.map { ($0.hash, $0) })
        invoiceCount = read.invoices.count
        subscriptionCount = read.subscriptions.count
        for payment in read.payments {
            for finding in Invariants.findings(in: payment) { findings.append("payment \(payment.hash): \(finding)") }
        }
        for invoice in read.invoices { check(invoice) }
        checkOpenPayments(read.payments)
        checkNumbers(read.invoices)
        let invoices = Dictionary(grouping: read.invoices, by: \.subscription)
        for subscription in read.subscriptions { check(subscription, invoices[subscription.id] ?? [], now: read.now) }
        let entries = Dictionary(grouping: read.entries, by: \.customer)
        for customer in read.customers { check(customer, entries[customer.id] ?? []) }
    }

    private static func all<Record: Entity>(_ type: Record.Type, _ snapshot: Snapshot) -> [Record] {
        var all: [Record] = []
        snapshot.scan(type) { record, _ in
            all.append(record)
            return true
        }
        return all
    }

    private mutating func check(_ invoice: Invoice) {
        let name = "invoice \(invoice.number ?? "without a number")"
        let lines = invoice.lines.reduce(0) { $0 + $1.amount.units }
        if lines != invoice.subtotal.units { findings.append("\(name): its lines are not its subtotal") }
        if invoice.total.units != invoice.subtotal.units + invoice.tax.units {
            findings.append("\(name): its total is not subtotal and tax")
        }
        if invoice.status == .paid, invoice.amountDue.isPositive {
            findings.append("\(name) is paid and \(invoice.amountDue) is due")
        }
        if invoice.status == .open, !invoice.amountDue.isPositive {
            findings.append("\(name) is open and nothing is due")
        }
        var received = invoice.offlinePayments.reduce(0) { $0 + $1.amount.units }
        for hash in invoice.payments {
            guard let payment = payments[hash] else {
                findings.append("\(name) names a payment that is not there")
                continue
            }
            received += payment.amountCaptured.units
        }
        if received != invoice.amountPaid.units {
            findings.append("\(name): \(invoice.amountPaid) is paid, \(received) minor units were received")
        }
    }

    private mutating func checkOpenPayments(_ payments: [Payment]) {
        var open: Set<InvoiceID> = []
        for payment in payments where payment.isOpen {
            guard let invoice = payment.invoice else { continue }
            if !open.insert(invoice).inserted { findings.append("invoice \(invoice) has two open payments") }
            if payment.isAutomatic, payment.status == .pending {
                findings.append("payment \(payment.hash) is automatic and waits for nobody")
            }
        }
    }

    private mutating func checkNumbers(_ invoices: [Invoice]) {
        let numbers = invoices.compactMap { $0.number?.split(separator: "-").last.flatMap { Int($0) } }.sorted()
        if numbers != Array(1...max(1, numbers.count)).prefix(numbers.count).map({ $0 }) {
            findings.append("invoice numbers have gaps")
        }
    }

    private mutating func check(_ subscription: Subscription, _ invoices: [Invoice], now: Timestamp) {
        if let due = subscription.dueAt, due <= now, subscription.status != .cancelled {
            findings.append("subscription \(subscription.id) was due at \(due) and it is \(now)")
        }
        let billed = Self.periods(invoices.filter { $0.billsPeriod && !$0.isTakenBack })
        for (one, next) in zip(billed, billed.dropFirst()) where next.0 == one.0 {
            findings.append("subscription \(subscription.id) is billed twice for the period of \(one.0)")
        }
        // Nobody touches the control, though a merchant may take an invoice of it back; only gateways that fail through
        // all of its tries may end it.
        guard subscription.plan.id == BillingActor.controlPlan, [.active, .pastDue].contains(subscription.status)
        else { return }
        let all = Self.periods(
            invoices.filter { [.subscriptionCycle, .subscriptionCreate].contains($0.billingReason) })
        for (one, next) in zip(all, all.dropFirst()) where next.0 != one.1 {
            findings.append("the control's period of \(next.0) does not follow \(one.1)")
        }
        if let last = all.last, last.1 <= now || last.0 > now {
            findings.append("the control's last billed period is \(last.0) to \(last.1), and it is \(now)")
        }
    }

    /// What invoices bill, from when to when, in order.
    private static func periods(_ invoices: [Invoice]) -> [(Timestamp, Timestamp)] {
        invoices.compactMap { invoice in invoice.periodStart.flatMap { start in invoice.periodEnd.map { (start, $0) } }
        }
        .sorted { $0.0 < $1.0 }
    }

    private mutating func check(_ customer: Customer, _ entries: [CreditEntry]) {
        let sum = entries.reduce(0) { $0 + $1.amount.units }
        let balance = customer.balance.reduce(0) { $0 + $1.amount.units }
        if sum != balance { findings.append("customer \(customer.id): the balance is \(balance), its entries \(sum)") }
    }
}
