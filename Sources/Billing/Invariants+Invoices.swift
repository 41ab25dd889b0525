import Fields
import Runtime
import Storage

/// Invoices, credit notes, credit and numbers.
extension Invariants {
    /// What the credit entries of one object add up to.
    private struct Moved {
        var used: Int64 = 0
        var surplus: Int64 = 0
        var proration: Int64 = 0
        var note: Int64 = 0
    }

    mutating func checkInvoices(_ snapshot: Snapshot) {
        var moved: [String: Moved] = [:]
        var balances: [CustomerID: [Currency: Int64]] = [:]
        snapshot.scan(CreditEntry.self) { entry, _ in
            var sums = moved[entry.objectID] ?? Moved()
            switch entry.reason {
            case .applied, .returned: sums.used &+= entry.amount.units
            case .surplus: sums.surplus &+= entry.amount.units
            case .proration: sums.proration &+= entry.amount.units
            case .creditNote: sums.note &+= entry.amount.units
            }
            moved[entry.objectID] = sums
            balances[entry.customer, default: [:]][entry.amount.currency, default: 0] &+= entry.amount.units
            return true
        }
        checkBalances(balances, snapshot)
        var invoiceNumbers: [ApplicationID: [Int64]] = [:]
        snapshot.scan(Invoice.self) { invoice, _ in
            invoiceCount += 1
            invoiceNumbers[invoice.application, default: []].append(Self.number(invoice.number))
            let notes = Invoices.notes(of: invoice.id, in: snapshot)
            var findings = Self.findings(in: invoice, notes: notes)
            let sums = moved[invoice.id.description] ?? Moved()
            if sums.used != -invoice.creditApplied.units { findings.append("its used credit has other entries") }
            if sums.proration != max(0, -invoice.total.units) { findings.append("its negative total is not in credit") }
            let owed = invoice.status == .void ? 0 : max(0, invoice.total.units)
            let settled = invoice.creditApplied.units &+ invoice.credited.units &+ invoice.amountPaid.units
            if invoice.amountPaid.isPositive, sums.surplus != max(0, settled &- owed) {
                findings.append("its surplus is not in credit")
            }
            findings += payments(of: invoice, snapshot)
            for finding in findings { add("invoice \(invoice.id): \(finding)") }
            return true
        }
        var noteNumbers: [ApplicationID: [Int64]] = [:]
        snapshot.scan(CreditNote.self) { note, _ in
            noteNumbers[note.application, default: []].append(Self.number(note.number))
            let back = note.amount.units &- note.amountOffDue.units &- note.amountRefunded.units
            if (moved[note.id.description] ?? Moved()).note != back {
                add("credit note \(note.id): its part for the balance has other entries")
            }
            return true
        }
        for application in Applications.list(in: snapshot) {
            let counters = snapshot.get(Counters.self, Key(application.id))
            check(invoiceNumbers[application.id] ?? [], counters?.invoices ?? 0, "invoice", application.id)
            check(noteNumbers[application.id] ?? [], counters?.creditNotes ?? 0, "credit note", application.id)
        }
    }

    /// What is wrong with one invoice's sums.
    static func findings(in invoice: Invoice, notes: [CreditNote]) -> [String] {
        var findings: [String] = []
        let currency = invoice.total.currency
        if (try? Bill.sum(invoice.lines, in: currency)) != invoice.subtotal {
            findings.append("its lines do not sum to its subtotal")
        }
        if (try? invoice.subtotal.adding(invoice.tax)) != invoice.total {
            findings.append("its total is not subtotal + tax")
        }
        let parts = [invoice.creditApplied, invoice.credited, invoice.amountPaid]
        if parts.contains(where: { $0.units < 0 || $0.currency != currency }) {
            findings.append("one of its sums is negative or in another currency")
        }
        if invoice.creditApplied.units > max(0, invoice.total.units) { findings.append("it used too much credit") }
        switch invoice.status {
        case .draft: findings.append("a draft is stored")
        case .open, .uncollectible:
            if invoice.amountDue.isZero { findings.append("nothing is due and it is \(invoice.status.rawValue)") }
        case .paid:
            if !invoice.amountDue.isZero || invoice.paidAt == nil {
                findings.append("it is paid and \(invoice.amountDue) is due")
            }
        case .void: if !invoice.creditApplied.isZero { findings.append("it is void and keeps credit") }
        }
        var off: Int64 = 0
        var noted: Int64 = 0
        for note in notes {
            off &+= note.amountOffDue.units
            noted &+= note.amount.units
            let sum = note.lines.reduce(0 as Int64) { $0 &+ $1.amount.units }
            if sum != note.amount.units || note.positions.count != note.lines.count {
                findings.append("note \(note.id) does not sum to its amount")
            }
        }
        if off != invoice.credited.units { findings.append("its notes took another amount off what is due") }
        if noted > max(0, invoice.total.units) { findings.append("its notes credit more than its total") }
        return findings
    }

    private func payments(of invoice: Invoice, _ snapshot: Snapshot) -> [String] {
        var findings: [String] = []
        var received: Int64 = 0
        var open = 0
        for hash in invoice.payments {
            guard let payment = snapshot.get(Payment.self, Key(hash)) else {
                findings.append("payment \(hash) is missing")
                continue
            }
            received &+= payment.amountCaptured.units
            if payment.status == .pending || payment.status == .processing { open += 1 }
        }
        for payment in invoice.offlinePayments { received &+= payment.amount.units }
        if received != invoice.amountPaid.units { findings.append("its payments sum to another amount than was paid") }
        if open > 1 { findings.append("\(open) payments of it are open") }
        return findings
    }

    private mutating func checkBalances(_ balances: [CustomerID: [Currency: Int64]], _ snapshot: Snapshot) {
        snapshot.scan(Customer.self) { customer, _ in
            let sums = (balances[customer.id] ?? [:]).filter { $0.value != 0 }
            let shown = customer.balance.count { !$0.amount.isZero }
            var isRight = shown == sums.count
            for balance in customer.balance
            where balance.amount.units != sums[balance.amount.currency] || balance.amount.units < 0 {
                isRight = false
            }
            if !isRight { add("customer \(customer.id): the balance is not the sum of its entries") }
            return true
        }
    }

    /// The count in a number such as `INV-2025-000012`; −1 for what is none.
    private static func number(_ text: String?) -> Int64 {
        guard let digits = text?.split(separator: "-").last else { return -1 }
        return Int64(digits) ?? -1
    }

    private mutating func check(_ numbers: [Int64], _ counted: Int64, _ what: String, _ application: ApplicationID) {
        let sorted = numbers.sorted()
        if let gap = sorted.enumerated().first(where: { $0.element != Int64($0.offset) + 1 }) {
            add("application \(application): \(what) number \(gap.offset + 1) is missing or given twice")
        } else if counted != Int64(sorted.count) {
            add("application \(application): \(counted) \(what) numbers are counted, \(sorted.count) are there")
        }
    }
}
