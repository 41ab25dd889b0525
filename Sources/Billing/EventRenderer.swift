import Bytes
import Fields
package import JSON
import Runtime
package import Storage

/// Turns stored events into the JSON that webhooks deliver and the API shows: the object as it was, and what changed.
package struct EventRenderer: Sendable {
    private let ledger: Ledger

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    /// The event as one JSON object. Personal parts of a forgotten customer are null.
    package func json(_ event: Event, in snapshot: Snapshot) -> [UInt8] {
        var json = JSONWriter(capacity: 1024)
        write(event, to: &json, in: snapshot)
        return json.bytes
    }

    package func write(_ event: Event, to json: inout JSONWriter, in snapshot: Snapshot) {
        json.beginObject()
        _ = writeMembers(event, to: &json, in: snapshot)
        json.endObject()
    }

    /// The event as a line of its subscription's audit trail: besides, each member that changed, from what to what.
    package func trailJSON(_ event: Event, in snapshot: Snapshot) -> [UInt8] {
        var json = JSONWriter(capacity: 2048)
        json.beginObject()
        let (after, previous) = writeMembers(event, to: &json, in: snapshot)
        json.name("subscription_id")
        if let subscription = event.trailSubscription { json.string(subscription.description) } else { json.null() }
        json.name("changes")
        json.beginArray()
        if case .object(let old) = previous, case .object(let new) = after {
            for (name, value) in old.members {
                json.beginObject()
                json.name("field")
                json.string(name)
                json.name("from")
                json.value(value)
                json.name("to")
                json.value(new[name] ?? .null)
                json.endObject()
            }
        }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    /// - Returns: The object as it was, and those of its members that were different before.
    private func writeMembers(
        _ event: Event, to json: inout JSONWriter, in snapshot: Snapshot
    ) -> (after: JSONValue, previous: JSONValue) {
        json.name("id")
        json.string(event.id.description)
        json.name("type")
        json.string(event.type.rawValue)
        json.name("created_at")
        json.string(event.createdAt.description)
        json.name("mode")
        json.string(event.mode.rawValue)
        json.name("sequence")
        json.integer(event.sequence)
        json.name("object_sequence")
        json.integer(event.objectSequence)
        json.name("data")
        let after = object(event, event.data, in: snapshot)
        json.value(after)
        let previous =
            event.before.bytes.isEmpty
            ? .object(JSONObject()) : changed(from: object(event, event.before, in: snapshot), to: after)
        json.name("previous")
        json.value(previous)
        json.name("actor")
        json.string(event.actor)
        json.name("reason")
        if let reason = event.reason { json.string(reason) } else { json.null() }
        return (after, previous)
    }

    /// The members of `before` that differ in `after`.
    private func changed(from before: JSONValue, to after: JSONValue) -> JSONValue {
        guard case .object(let old) = before, case .object(let new) = after else { return .object(JSONObject()) }
        return .object(JSONObject(old.members.filter { new[$0.name] != $0.value }))
    }

    private func object(_ event: Event, _ data: Blob, in snapshot: Snapshot) -> JSONValue {
        switch event.object {
        case .payment:
            guard var payment = try? RecordCodec.decode(Payment.self, data.bytes) else { break }
            payment.hostedURL = ledger.links.checkout(payment)
            payment.customerSummary = summary(event, in: snapshot)
            return value(payment)
        case .refund:
            guard let refund = try? RecordCodec.decode(Refund.self, data.bytes) else { break }
            return value(refund)
        case .customer:
            guard let bytes = ledger.vault.openPersonal(data, of: event.customer, in: snapshot),
                let customer = try? RecordCodec.decode(Customer.self, bytes)
            else {
                var forgotten = Customer()
                forgotten.id = event.customer
                return value(forgotten)
            }
            return value(customer)
        case .paymentMethod:
            guard let method = try? RecordCodec.decode(PaymentMethod.self, data.bytes) else { break }
            return value(method)
        case .webhookEndpoint:
            guard let endpoint = try? RecordCodec.decode(WebhookEndpoint.self, data.bytes) else { break }
            return value(endpoint)
        case .plan:
            guard let plan = try? RecordCodec.decode(Plan.self, data.bytes) else { break }
            return value(plan)
        case .subscription:
            guard var subscription = try? RecordCodec.decode(Subscription.self, data.bytes) else { break }
            subscription.customerSummary = summary(event, in: snapshot)
            return value(subscription)
        case .invoice:
            guard var invoice = try? RecordCodec.decode(Invoice.self, data.bytes) else { break }
            invoice.hostedURL = ledger.links.invoice(invoice)
            invoice.customerSummary = summary(event, in: snapshot)
            return value(invoice)
        case .creditNote:
            guard let note = try? RecordCodec.decode(CreditNote.self, data.bytes) else { break }
            return value(note)
        case .gateway:
            guard let gateway = try? RecordCodec.decode(GatewayConfiguration.self, data.bytes) else { break }
            return value(gateway)
        }
        return .object(JSONObject([("id", .string(event.objectID))]))
    }

    private func summary(_ event: Event, in snapshot: Snapshot) -> CustomerSummary {
        var forgotten = CustomerSummary()
        forgotten.id = event.customer
        guard let bytes = ledger.vault.openPersonal(event.personal, of: event.customer, in: snapshot) else {
            return forgotten
        }
        return (try? RecordCodec.decode(CustomerSummary.self, bytes)) ?? forgotten
    }

    private func value(_ record: some Record) -> JSONValue {
        var json = JSONWriter(capacity: 1024)
        record.write(to: &json)
        return (try? JSON.parse(json.bytes)) ?? .null
    }
}
