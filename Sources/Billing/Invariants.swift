import Crypto
import Fields
import Runtime
package import Storage

/// What must always be true of the stored money, events and audit trail.
package struct Invariants: Sendable {
    package private(set) var applicationCount = 0
    package private(set) var paymentCount = 0
    package private(set) var eventCount: Int64 = 0
    package private(set) var auditEntryCount: Int64 = 0
    package internal(set) var subscriptionCount = 0
    package internal(set) var invoiceCount = 0
    /// What is broken, a sentence each; at most ``findingLimit``, the rest are counted.
    package private(set) var findings: [String] = []
    package private(set) var findingCount = 0

    package static let findingLimit = 100

    package var areKept: Bool { findingCount == 0 }

    /// Checks everything a snapshot holds. Reads every payment, event and audit entry: for a worker, not for a loop.
    ///
    /// - Parameter recoveredDigest: What the log said at the last start; it must be the hash of an audit entry.
    package init(of snapshot: Snapshot, recoveredDigest: [UInt8]?) {
        var isResetting = false
        for application in Applications.list(in: snapshot) {
            applicationCount += 1
            if snapshot.isResetting(application.id) {
                isResetting = true
            } else {
                checkEvents(of: application.id, snapshot)
            }
        }
        snapshot.scan(Payment.self) { payment, _ in
            paymentCount += 1
            for finding in Self.findings(in: payment) { add("payment \(payment.hash): \(finding)") }
            return true
        }
        // While the data of one application is being deleted, what belongs together is not all there.
        if !isResetting {
            checkInvoices(snapshot)
            checkSubscriptions(snapshot)
            checkTotals(snapshot)
        }
        checkAudit(snapshot, recoveredDigest)
    }

    /// What is wrong with one payment's sums.
    package static func findings(in payment: Payment) -> [String] {
        var findings: [String] = []
        let counted = payment.attempts.filter(\.isCounted)
        if counted.count > 1 { findings.append("\(counted.count) successes are counted") }
        if payment.amount.isLess(than: payment.amountCaptured) {
            findings.append("\(payment.amountCaptured) is captured of \(payment.amount)")
        }
        if payment.status == .completed, counted.isEmpty {
            findings.append("it is completed without a counted success")
        }
        if payment.status != .completed, !counted.isEmpty {
            findings.append("it has a counted success and is \(payment.status.rawValue)")
        }
        for attempt in payment.attempts where attempt.status == .succeeded {
            guard let captured = attempt.captured, attempt.chargeReference != nil else {
                findings.append("attempt \(attempt.number) succeeded without a charge")
                continue
            }
            let refunds = payment.refunds.filter { $0.isAutomatic && $0.attempt == attempt.number }
            if !attempt.isCounted, refunds.count != 1 || refunds.first?.amount != captured {
                findings.append("attempt \(attempt.number) is an uncounted success without its automatic refund")
            }
        }
        for attempt in payment.attempts {
            let captured = attempt.captured?.units ?? 0
            var back: Int64 = 0
            var overflows = false
            for refund in payment.refunds where refund.attempt == attempt.number && refund.status != .failed {
                let (sum, overflow) = back.addingReportingOverflow(refund.amount.units)
                back = sum
                overflows =
                    overflows || overflow || refund.amount.units <= 0
                    || refund.amount.currency != attempt.captured?.currency
            }
            if overflows || back > captured {
                findings.append("attempt \(attempt.number) has refunds beyond what was captured")
            }
        }
        for refund in payment.refunds where !payment.attempts.contains(where: { $0.number == refund.attempt }) {
            findings.append("refund \(refund.id) belongs to no attempt")
        }
        return findings
    }

    private mutating func checkEvents(of application: ApplicationID, _ snapshot: Snapshot) {
        var expected: Int64 = 1
        var isBroken = false
        snapshot.scan(Event.self, prefix: Key().adding(application)) { event, _ in
            eventCount += 1
            if event.sequence != expected {
                add("application \(application): event \(expected) is missing, \(event.sequence) follows")
                isBroken = true
                return false
            }
            expected += 1
            return true
        }
        let counted = snapshot.get(Counters.self, Key().adding(application))?.events ?? 0
        if !isBroken, counted != expected - 1 {
            add("application \(application): \(counted) events are counted, \(expected - 1) are there")
        }
    }

    private mutating func checkAudit(_ snapshot: Snapshot, _ recoveredDigest: [UInt8]?) {
        var previous = Blob()
        var isBroken = false
        var wasRecovered = recoveredDigest == nil
        snapshot.scan(AuditEntry.self) { entry, _ in
            let expected = auditEntryCount + 1
            guard entry.sequence == expected else {
                add("audit: entry \(expected) is missing, \(entry.sequence) follows")
                isBroken = true
                return false
            }
            guard entry.previous == previous else {
                add("audit: entry \(expected) does not continue the one before it")
                isBroken = true
                return false
            }
            auditEntryCount = expected
            previous = Blob(SHA256.hash(RecordCodec.encode(entry)))
            if previous.bytes == recoveredDigest { wasRecovered = true }
            return true
        }
        guard !isBroken else { return }
        let head = snapshot.get(AuditHead.self, AuditHead.key) ?? AuditHead()
        if head.sequence != auditEntryCount || head.digest != previous {
            add("audit: the newest entry is not the recorded head of the chain")
        }
        if !wasRecovered { add("audit: the log names a head that is not in the chain") }
    }

    mutating func add(_ finding: String) {
        findingCount += 1
        if findings.count < Self.findingLimit { findings.append(finding) }
    }
}
