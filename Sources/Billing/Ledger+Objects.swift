import Fields
import Runtime
package import Storage

extension Ledger {
    /// Writes a customer with its event: created, updated or deleted by what changed.
    @discardableResult
    package func save(
        _ customer: Customer, before: Customer?, mode: Mode, by act: Act, in transaction: Transaction
    ) -> Customer {
        var after = customer
        after.objectSequence += 1
        after.updatedAt = transaction.now
        let type: EventType =
            before == nil
            ? .customerCreated
            : after.deletedAt != nil && before?.deletedAt == nil ? .customerDeleted : .customerUpdated
        let event = emit(
            Draft(
                type: type, object: .customer, objectID: after.id.description, objectSequence: after.objectSequence,
                data: RecordCodec.encode(after), before: before.map { RecordCodec.encode($0) } ?? [],
                customer: after.id, isPersonal: true),
            application: after.application, mode: mode, by: act, in: transaction)
        transaction.put(after)
        audit(
            type.rawValue, on: after.id.description, application: after.application, event: event, by: act,
            in: transaction)
        return after
    }

    /// Writes a payment method with its event: saved or removed.
    @discardableResult
    package func save(
        _ method: PaymentMethod, before: PaymentMethod?, mode: Mode, by act: Act, in transaction: Transaction
    ) -> PaymentMethod {
        var after = method
        var event: Int64 = 0
        let wasRemoved = after.removedAt != nil && before?.removedAt == nil
        if before == nil || wasRemoved {
            after.objectSequence += 1
            // The token belongs to nobody but the gateway call.
            var shown = after
            shown.token = Blob()
            event = emit(
                Draft(
                    type: wasRemoved ? .paymentMethodRemoved : .paymentMethodSaved, object: .paymentMethod,
                    objectID: after.id.description, objectSequence: after.objectSequence,
                    data: RecordCodec.encode(shown), customer: after.customer),
                application: after.application, mode: mode, by: act, in: transaction)
        }
        transaction.put(after)
        audit(
            wasRemoved ? "payment_method.remove" : before == nil ? "payment_method.save" : "payment_method.update",
            on: after.id.description, application: after.application, event: event, by: act, in: transaction)
        return after
    }

    /// Writes an endpoint; when it was disabled by its failures, with the event that says so.
    @discardableResult
    package func save(
        _ endpoint: WebhookEndpoint, before: WebhookEndpoint?, mode: Mode, action: String, by act: Act,
        in transaction: Transaction
    ) -> WebhookEndpoint {
        var after = endpoint
        var event: Int64 = 0
        after.updatedAt = transaction.now
        if after.state == .disabled, before?.state != .disabled {
            after.objectSequence += 1
            // First, so that the event about it is held for the endpoint itself.
            transaction.put(after)
            event = emit(
                Draft(
                    type: .webhookEndpointDisabled, object: .webhookEndpoint, objectID: after.id.description,
                    objectSequence: after.objectSequence, data: RecordCodec.encode(Self.withoutSecrets(after)),
                    before: before.map { RecordCodec.encode(Self.withoutSecrets($0)) } ?? []),
                application: after.application, mode: mode, by: act, in: transaction)
        }
        transaction.put(after)
        audit(action, on: after.id.description, application: after.application, event: event, by: act, in: transaction)
        return after
    }

    /// Writes a `webhook_endpoint.test` event and queues it for this endpoint alone, whatever its filter.
    package func sendTest(
        of endpoint: WebhookEndpoint, mode: Mode, by act: Act, in transaction: Transaction
    ) -> Delivery {
        var after = endpoint
        after.objectSequence += 1
        transaction.put(after)
        let event = write(
            Draft(
                type: .webhookEndpointTest, object: .webhookEndpoint, objectID: after.id.description,
                objectSequence: after.objectSequence, data: RecordCodec.encode(Self.withoutSecrets(after))),
            application: after.application, mode: mode, by: act, in: transaction)
        audit(
            "webhook_endpoint.test", on: after.id.description, application: after.application, event: event.sequence,
            by: act, in: transaction)
        return queue(event, to: after, in: transaction)
    }

    private static func withoutSecrets(_ endpoint: WebhookEndpoint) -> WebhookEndpoint {
        var copy = endpoint
        copy.sealedSecret = Blob()
        copy.sealedNextSecret = Blob()
        return copy
    }

    /// Writes an event about a gateway's health; the health itself lives in memory.
    package func gatewayChanged(
        _ type: EventType, _ gateway: GatewayConfiguration, mode: Mode, in transaction: Transaction
    ) {
        var after = gateway
        after.objectSequence += 1
        transaction.put(after)
        var shown = after
        shown.credentials = Blob()
        let event = emit(
            Draft(
                type: type, object: .gateway, objectID: gateway.gateway, objectSequence: after.objectSequence,
                data: RecordCodec.encode(shown)),
            application: gateway.application, mode: mode, by: .system, in: transaction)
        audit(
            type.rawValue, on: gateway.gateway, application: gateway.application, event: event, by: .system,
            in: transaction)
    }
}
