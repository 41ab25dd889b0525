import Fields
import Runtime
package import Storage

extension Ledger {
    /// Writes a payment with the events that its change calls for.
    ///
    /// - Parameters:
    ///   - before: The payment as it was; nil for a new one.
    ///   - action: What the audit entry says, such as `payment.capture`.
    /// - Returns: The payment as written.
    @discardableResult
    package func save(
        _ payment: Payment, before: Payment?, action: String, by act: Act, in transaction: Transaction
    ) -> Payment {
        var after = payment
        var lastEvent: Int64 = 0
        for index in after.refunds.indices {
            let old = before?.refunds.first { $0.id == after.refunds[index].id }
            for type in Self.refundEvents(from: old, to: after.refunds[index]) {
                after.refunds[index].objectSequence += 1
                let refund = after.refunds[index]
                lastEvent = emit(
                    Draft(
                        type: type, object: .refund, objectID: refund.id.description,
                        objectSequence: refund.objectSequence, data: RecordCodec.encode(refund),
                        before: old.map { RecordCodec.encode($0) } ?? [], customer: payment.customer),
                    application: payment.application, mode: payment.mode, by: act, in: transaction)
            }
        }
        for type in Self.events(from: before, to: after) {
            after.objectSequence += 1
            lastEvent = emit(
                Draft(
                    type: type, object: .payment, objectID: after.hash.description,
                    objectSequence: after.objectSequence, data: RecordCodec.encode(after),
                    before: before.map { RecordCodec.encode($0) } ?? [], customer: after.customer),
                application: after.application, mode: after.mode, by: act, in: transaction)
        }
        transaction.put(after)
        audit(
            action, on: after.hash.description, application: after.application, event: lastEvent, by: act,
            in: transaction)
        transaction.announce(due: after.dueAt, before: before?.dueAt, of: after.application)
        return after
    }

    /// The events of a payment's change, in order.
    static func events(from before: Payment?, to after: Payment) -> [EventType] {
        var types: [EventType] = []
        if before == nil { types.append(.paymentPending) }
        if let before, before.status != after.status {
            switch after.status {
            case .processing: types.append(.paymentProcessing)
            case .completed: types.append(.paymentCompleted)
            case .failed: types.append(.paymentFailed)
            case .cancelled: types.append(.paymentCancelled)
            // A hosted decline: the attempt tells of it, and the payment is not final.
            case .pending: break
            }
        }
        if let before {
            let succeeded = { (payment: Payment) in payment.refunds.count { $0.status == .succeeded } }
            if succeeded(after) > succeeded(before) { types.append(.paymentRefunded) }
            if after.isDisputed, !before.isDisputed { types.append(.paymentDisputed) }
        }
        return types
    }

    static func refundEvents(from before: Refund?, to after: Refund) -> [EventType] {
        var types: [EventType] = []
        if before == nil { types.append(.refundCreated) }
        if before?.status != after.status {
            switch after.status {
            case .pending: break
            case .succeeded: types.append(.refundSucceeded)
            case .failed: types.append(.refundFailed)
            }
        }
        return types
    }

    /// Fills what a payment shows beside its own fields.
    package func dressed(_ payment: Payment, in snapshot: Snapshot) -> Payment {
        var dressed = payment
        dressed.hostedURL = links.checkout(payment)
        if let customer = snapshot.get(Customer.self, Key().adding(payment.customer)) {
            dressed.customerSummary = CustomerSummary(customer)
        } else {
            dressed.customerSummary.id = payment.customer
        }
        return dressed
    }
}
