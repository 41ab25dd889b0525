import Billing
import Fields
import Runtime
import Storage

/// Whether each thing that fell due was done, when it was due, and once. It reads the events alone, which hold every
/// version of every subscription, invoice and payment, and says for itself what was due when.
struct DueHistory {
    /// What is wrong, a sentence each.
    private(set) var findings: [String] = []
    /// How many items were done, by kind.
    private(set) var counts: [Kind: Int] = [:]

    /// What falls due.
    enum Kind: String, CaseIterable {
        case start, reminder, trialEnd, renewal, end, resumption, incompleteEnd, changeEnd, overdue, collectionEnd
        case collection, paymentExpiry
    }

    /// One thing that falls due: of this object, with this name.
    private struct Item: Hashable {
        let kind: Kind
        let object: String
        let name: String
    }

    private struct Version<Value> {
        let time: Timestamp
        let value: Value
    }

    private var done: Set<Item> = []

    private static let incompleteSeconds: Int64 = 23 * 3600
    private static let reminderSeconds: Int64 = 3 * 86_400

    /// - Parameter now: The application's time at the end.
    init(_ events: [Event], now: Timestamp) {
        var subscriptions: [String: [Version<Subscription>]] = [:]
        var invoices: [String: [Version<Invoice>]] = [:]
        var expired: [String: Int] = [:]
        for event in events {
            switch event.object {
            case .subscription: append(event, to: &subscriptions)
            case .invoice: append(event, to: &invoices)
            case .payment:
                guard event.type == .paymentCancelled,
                    let payment = try? RecordCodec.decode(Payment.self, event.data.bytes),
                    payment.cancellationReason == .expired
                else { continue }
                expired[event.objectID, default: 0] += 1
                note(.paymentExpiry, event.objectID, payment.expiresAt, at: event.createdAt)
            default: continue
            }
        }
        for (id, versions) in subscriptions.sorted(by: { $0.key < $1.key }) {
            check(id, versions, now: now, due: Self.due)
            for (before, after) in zip(versions, versions.dropFirst()) { follow(id, before, after) }
        }
        for (id, versions) in invoices.sorted(by: { $0.key < $1.key }) {
            check(id, versions, now: now, due: Self.due)
            for (before, after) in zip(versions, versions.dropFirst()) { follow(id, before, after) }
        }
        let renewed = done.filter { $0.kind == .renewal }
        checkInvoices(of: renewed, invoices.values.compactMap(\.first?.value))
    }

    /// What every kind was done how often, in one line.
    var summary: String {
        Kind.allCases.compactMap { kind in counts[kind].map { "\(kind.rawValue) \($0)" } }.joined(separator: ", ")
    }

    private mutating func append<Value: Record>(_ event: Event, to versions: inout [String: [Version<Value>]]) {
        guard let value = try? RecordCodec.decode(Value.self, event.data.bytes) else {
            findings.append("event \(event.sequence) cannot be read")
            return
        }
        versions[event.objectID, default: []].append(Version(time: event.createdAt, value: value))
    }

    // MARK: What was due

    /// No version outlives the moment at which something of it was due.
    private mutating func check<Value>(
        _ id: String, _ versions: [Version<Value>], now: Timestamp, due: (Value) -> (Kind, Timestamp)?
    ) {
        for (index, version) in versions.enumerated() {
            guard let (kind, time) = due(version.value) else { continue }
            let end = index + 1 < versions.count ? versions[index + 1].time : now
            if max(time, version.time) < end {
                findings.append("\(id): \(kind.rawValue) was due at \(time), and nothing happened until \(end)")
            }
        }
    }

    private static func due(_ subscription: Subscription) -> (Kind, Timestamp)? {
        var all: [(Kind, Timestamp?)] = []
        switch subscription.status {
        case .scheduled: all.append((.start, subscription.startAt))
        case .incomplete:
            all.append((.incompleteEnd, subscription.incompleteAt?.adding(seconds: incompleteSeconds)))
        case .trialing:
            all.append((.trialEnd, subscription.trialEnd))
            if !subscription.trialReminderSent {
                all.append((.reminder, subscription.trialEnd?.adding(seconds: -reminderSeconds)))
            }
        case .active, .pastDue: all.append((.renewal, subscription.periodEnd))
        case .paused: all.append((.resumption, subscription.resumeAt))
        case .cancelled: return nil
        }
        if subscription.status != .paused {
            all.append((.end, subscription.cancelAt))
            all.append((.changeEnd, subscription.pendingChange?.expiresAt))
        }
        let first = all.compactMap { kind, time in time.map { (kind, $0) } }.min { $0.1 < $1.1 }
        guard let first else { return nil }
        return (first.0, max(first.1, subscription.retryAt ?? first.1))
    }

    private static func due(_ invoice: Invoice) -> (Kind, Timestamp)? {
        guard invoice.status == .open else { return nil }
        var all: [(Kind, Timestamp?)] = [(.collectionEnd, invoice.givesUpAt)]
        if !invoice.isOverdue { all.append((.overdue, invoice.dueDate)) }
        if invoice.collection == .automatic, invoice.halt == .none, invoice.paymentStatus != .processing {
            all.append((.collection, invoice.nextPaymentAttempt))
        }
        return all.compactMap { kind, time in time.map { (kind, $0) } }.min { $0.1 < $1.1 }
    }

    // MARK: What was done

    private mutating func note(_ kind: Kind, _ object: String, _ name: some CustomStringConvertible) {
        counts[kind, default: 0] += 1
        if !done.insert(Item(kind: kind, object: object, name: name.description)).inserted {
            findings.append("\(object): \(kind.rawValue) \(name) happened twice")
        }
    }

    /// The same for what has its time in its name: it is not done before.
    private mutating func note(_ kind: Kind, _ object: String, _ due: Timestamp, at time: Timestamp) {
        note(kind, object, due)
        if time < due { findings.append("\(object): \(kind.rawValue) of \(due) happened at \(time)") }
    }

    private mutating func follow(_ id: String, _ before: Version<Subscription>, _ after: Version<Subscription>) {
        let (old, new, time) = (before.value, after.value, after.time)
        if old.status == .scheduled, new.status != .scheduled, new.status != .cancelled, let due = old.startAt {
            note(.start, id, due, at: time)
        }
        if !old.trialReminderSent, new.trialReminderSent, let end = old.trialEnd {
            note(.reminder, id, end.adding(seconds: -Self.reminderSeconds), at: time)
        }
        // A merchant may end a trial early; then its end never falls due.
        if old.status == .trialing, new.status != .trialing, new.status != .cancelled, new.status != .paused,
            let end = old.trialEnd, time >= end
        {
            note(.trialEnd, id, end)
        }
        let isLive = [.active, .pastDue].contains(old.status) && [.active, .pastDue].contains(new.status)
        if isLive, let end = old.periodEnd, new.periodStart == end, old.periodStart != end {
            note(.renewal, id, end, at: time)
        }
        if old.status == .paused, new.status != .paused, new.status != .cancelled, let due = old.resumeAt, time >= due {
            note(.resumption, id, due)
        }
        if new.status == .cancelled, old.status != .cancelled {
            note(old.status == .incomplete ? .incompleteEnd : .end, id, "")
        }
        if let change = old.pendingChange, let due = change.expiresAt, time >= due, new.pendingChange == nil {
            note(.changeEnd, id, due)
        }
    }

    private mutating func follow(_ id: String, _ before: Version<Invoice>, _ after: Version<Invoice>) {
        let (old, new, time) = (before.value, after.value, after.time)
        if !old.isOverdue, new.isOverdue {
            note(.overdue, id, "")
            if let due = new.dueDate, time < due { findings.append("\(id) was overdue at \(time), due at \(due)") }
        }
        if old.isOverdue, !new.isOverdue, new.status == .open { findings.append("\(id) is overdue no more") }
        guard new.attemptCount != old.attemptCount else { return }
        if new.attemptCount != old.attemptCount + 1 {
            findings.append("\(id): its tries went from \(old.attemptCount) to \(new.attemptCount)")
        }
        note(.collection, id, new.attemptCount)
    }

    /// Each renewal billed the period that it began, or an invoice had billed it ahead: one that was made before, and
    /// whose own period is not begun by any other renewal, because a pause has moved it since.
    private mutating func checkInvoices(of renewals: Set<Item>, _ invoices: [Invoice]) {
        var billed: [Item: Timestamp] = [:]
        for invoice in invoices where invoice.billsPeriod {
            guard let subscription = invoice.subscription, let start = invoice.periodStart else { continue }
            let item = Item(kind: .renewal, object: subscription.description, name: start.description)
            billed[item] = invoice.createdAt
        }
        var ahead: [String: [Timestamp]] = [:]
        for (item, time) in billed where !renewals.contains(item) { ahead[item.object, default: []].append(time) }
        let unbilled = renewals.subtracting(billed.keys).sorted { ($0.object, $0.name) < ($1.object, $1.name) }
        for item in unbilled {
            let times = ahead[item.object] ?? []
            guard let index = times.firstIndex(where: { $0.description < item.name }) else {
                findings.append("\(item.object): the period from \(item.name) was begun and never billed")
                continue
            }
            ahead[item.object]?.remove(at: index)
        }
    }
}
