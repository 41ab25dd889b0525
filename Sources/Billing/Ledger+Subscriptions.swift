import Fields
import Runtime
package import Storage

extension Ledger {
    /// Writes a plan with its event: created, updated or archived.
    @discardableResult
    package func save(
        _ plan: Plan, before: Plan?, mode: Mode, by act: Act, in transaction: Transaction
    ) -> Plan {
        var after = plan
        after.objectSequence += 1
        after.updatedAt = transaction.now
        let type: EventType =
            before == nil
            ? .planCreated : after.status == .archived && before?.status == .active ? .planArchived : .planUpdated
        transaction.put(after)
        let event = emit(
            Draft(
                type: type, object: .plan, objectID: after.id, objectSequence: after.objectSequence,
                data: RecordCodec.encode(after), before: before.map { RecordCodec.encode($0) } ?? []),
            application: after.application, mode: mode, by: act, in: transaction)
        audit(type.rawValue, on: after.id, application: after.application, event: event, by: act, in: transaction)
        return after
    }

    /// Writes a subscription with the events that its change calls for.
    ///
    /// - Parameter action: What the audit entry says, such as `subscription.renew`.
    @discardableResult
    package func save(
        _ subscription: Subscription, before: Subscription?, mode: Mode, action: String, by act: Act,
        in transaction: Transaction
    ) -> Subscription {
        var after = subscription
        after.updatedAt = transaction.now
        count(&after, before: before, in: transaction)
        var lastEvent: Int64 = 0
        for type in Self.events(from: before, to: after) {
            after.objectSequence += 1
            lastEvent = emit(
                Draft(
                    type: type, object: .subscription, objectID: after.id.description,
                    objectSequence: after.objectSequence, data: RecordCodec.encode(after),
                    before: before.map { RecordCodec.encode($0) } ?? [], customer: after.customer,
                    subscription: after.id),
                application: after.application, mode: mode, by: act, in: transaction)
        }
        transaction.put(after)
        audit(
            action, on: after.id.description, application: after.application, event: lastEvent, by: act,
            in: transaction)
        transaction.announce(due: after.dueAt, before: before?.dueAt, of: after.application)
        return after
    }

    /// Writes an invoice with the events that its change calls for.
    @discardableResult
    package func save(
        _ invoice: Invoice, before: Invoice?, action: String, by act: Act, in transaction: Transaction
    ) -> Invoice {
        var after = invoice
        after.updatedAt = transaction.now
        count(after, before: before, in: transaction)
        var lastEvent: Int64 = 0
        for type in Self.events(from: before, to: after) {
            after.objectSequence += 1
            lastEvent = emit(
                Draft(
                    type: type, object: .invoice, objectID: after.id.description,
                    objectSequence: after.objectSequence, data: RecordCodec.encode(after),
                    before: before.map { RecordCodec.encode($0) } ?? [], customer: after.customer,
                    subscription: after.subscription),
                application: after.application, mode: after.mode, by: act, in: transaction)
        }
        transaction.put(after)
        audit(
            action, on: after.id.description, application: after.application, event: lastEvent, by: act,
            in: transaction)
        transaction.announce(due: after.dueAt, before: before?.dueAt, of: after.application)
        return after
    }

    /// Writes a new credit note with its event.
    @discardableResult
    package func save(
        _ note: CreditNote, mode: Mode, by act: Act, in transaction: Transaction
    ) -> CreditNote {
        var after = note
        after.objectSequence += 1
        transaction.put(after)
        count(after, in: transaction)
        let event = emit(
            Draft(
                type: .creditNoteCreated, object: .creditNote, objectID: after.id.description,
                objectSequence: after.objectSequence, data: RecordCodec.encode(after), customer: after.customer,
                subscription: transaction.get(Invoice.self, Key(after.invoice))?.subscription),
            application: after.application, mode: mode, by: act, in: transaction)
        audit(
            EventType.creditNoteCreated.rawValue, on: after.id.description, application: after.application,
            event: event, by: act, in: transaction)
        return after
    }

    /// The events of a subscription's change, in order. Nothing that changed is without one.
    static func events(from before: Subscription?, to after: Subscription) -> [EventType] {
        guard let before else {
            return after.status == .active ? [.subscriptionCreated, .subscriptionActivated] : [.subscriptionCreated]
        }
        guard before != after else { return [] }
        var types: [EventType] = []
        if before.plan != after.plan || before.quantity != after.quantity { types.append(.subscriptionPlanChanged) }
        if !before.trialReminderSent, after.trialReminderSent { types.append(.subscriptionTrialEnding) }
        if before.status != after.status {
            switch (before.status, after.status) {
            case (_, .cancelled): types.append(.subscriptionCancelled)
            case (_, .paused): types.append(.subscriptionPaused)
            case (_, .pastDue): types.append(.subscriptionPastDue)
            case (.paused, .active), (.paused, .trialing): types.append(.subscriptionResumed)
            case (.pastDue, .active): break
            case (_, .active): types.append(.subscriptionActivated)
            case (_, .scheduled), (_, .incomplete), (_, .trialing): break
            }
        }
        return types.isEmpty ? [.subscriptionUpdated] : types
    }

    /// The events of an invoice's change, in order. Nothing that changed is without one.
    static func events(from before: Invoice?, to after: Invoice) -> [EventType] {
        if let before, before == after { return [] }
        var types: [EventType] = []
        if before == nil { types.append(.invoiceCreated) }
        if before?.number == nil, after.number != nil { types.append(.invoiceOpened) }
        if let before {
            let hasFailed = after.paymentStatus == .failed && after.attemptCount > before.attemptCount
            if hasFailed { types.append(.invoiceFailed) }
        }
        if before?.isOverdue != true, after.isOverdue { types.append(.invoiceOverdue) }
        if before?.status != after.status {
            switch after.status {
            case .paid: types.append(.invoicePaid)
            case .void: types.append(.invoiceVoided)
            case .draft, .open, .uncollectible: break
            }
        }
        return types.isEmpty ? [.invoiceUpdated] : types
    }
}
