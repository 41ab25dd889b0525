import Billing
import Gateways
import Storage

/// Compares the gateways' books with ours, once everything has settled.
package struct MoneyAudit {
    /// What is wrong, a sentence each.
    package private(set) var findings: [String] = []
    /// Charges at all gateways.
    package private(set) var chargeCount = 0
    /// Payments that are completed.
    package private(set) var completedCount = 0
    /// Automatic refunds that succeeded.
    package private(set) var automaticRefundCount = 0

    /// One charge, at whichever gateway.
    private struct Line {
        let reference: String
        let payment: PaymentHash
        let amount: Money
        let refunded: Int64
    }

    /// - Parameter isSettled: Whether nothing may be open any more: all faults are gone and time has passed.
    package init(_ node: ServerNode, far: [FarBooks], isSettled: Bool) throws {
        let payments = try node.payments()
        var lines = far.flatMap { books in
            books.taken.map {
                Line(reference: $0.reference, payment: $0.payment, amount: $0.amount, refunded: $0.refunded)
            }
        }
        let application = node.application
        lines += try node.store.readSync { snapshot in
            ["sandbox_alpha", "sandbox_beta"].flatMap { gateway in
                SandboxTaken.all(of: application, gateway: gateway, in: snapshot).map {
                    Line(reference: $0.reference, payment: $0.payment, amount: $0.amount, refunded: $0.refunded)
                }
            }
        }
        chargeCount = lines.count
        let invariants = try node.store.readSync { Invariants(of: $0, recoveredDigest: node.store.recoveredDigest) }
        findings += invariants.findings
        for line in lines { check(line, payments, isSettled) }
        for payment in payments { check(payment, lines, isSettled) }
    }

    /// Every charge at a gateway is known here, and is kept or goes back.
    private mutating func check(_ line: Line, _ payments: [Payment], _ isSettled: Bool) {
        guard let payment = payments.first(where: { $0.hash == line.payment }) else {
            findings.append("charge \(line.reference) is of a payment that is not there")
            return
        }
        let attempt = payment.attempts.first { $0.chargeReference == line.reference }
        guard let attempt else {
            let isHeld = payment.isUnresolved && line.amount != payment.amount
            if isSettled, !isHeld { findings.append("charge \(line.reference) of \(payment.hash) is not recorded") }
            return
        }
        if attempt.captured != line.amount { findings.append("charge \(line.reference) is recorded with another sum") }
        guard isSettled else { return }
        var back: Int64 = 0
        for refund in payment.refunds where refund.attempt == attempt.number && refund.status == .succeeded {
            back += refund.amount.units
        }
        if back != line.refunded {
            findings.append("charge \(line.reference): \(line.refunded) went back there, \(back) here")
        }
        if !attempt.isCounted, line.refunded != line.amount.units {
            findings.append("charge \(line.reference) of \(payment.hash) is neither kept nor given back")
        }
    }

    private mutating func check(_ payment: Payment, _ lines: [Line], _ isSettled: Bool) {
        if payment.status == .completed { completedCount += 1 }
        automaticRefundCount += payment.refunds.count { $0.isAutomatic && $0.status == .succeeded }
        for attempt in payment.attempts {
            guard let reference = attempt.chargeReference else { continue }
            if !lines.contains(where: { $0.reference == reference && $0.payment == payment.hash }) {
                findings.append("payment \(payment.hash) has charge \(reference), which no gateway knows")
            }
        }
        guard isSettled else { return }
        if payment.status == .pending || payment.status == .processing, !payment.isUnresolved {
            findings.append("payment \(payment.hash) is still \(payment.status.rawValue)")
        }
        for refund in payment.refunds where refund.status == .pending {
            findings.append("refund \(refund.id) is still pending")
        }
    }
}
