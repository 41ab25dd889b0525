import Bytes
import Crypto
import Fields
import Runtime

/// The token of a preview: the moment it was computed for, and a tag over everything that the bill depends on. It dies
/// with any change of the subscription, its invoices or the customer's credit, and after an hour.
enum PreviewToken {
    static let lifetimeSeconds: Int64 = 3600

    static var outdated: Refusal {
        Refusal(
            .invalidState,
            "This preview no longer holds: it is over an hour old, or the request, subscription, an invoice or the credit "
                + "is another. Ask for a new preview.")
    }

    static func make(
        for change: PlanChange, of subscription: Subscription, at instant: Timestamp, balance: Money,
        invoices: [(InvoiceID, Int64)], vault: Vault
    ) -> String {
        var message = ByteWriter(capacity: 512)
        message.append("change preview 1")
        func number(_ value: Int64) { message.appendBigEndian(UInt64(bitPattern: value)) }
        func record(_ bytes: [UInt8]) {
            message.appendBigEndian(UInt64(bytes.count))
            message.append(bytes)
        }
        number(instant.milliseconds)
        record(Array(subscription.id.description.utf8))
        number(subscription.objectSequence)
        record(RecordCodec.encode(subscription))
        number(balance.units)
        for (id, sequence) in invoices {
            record(Array(id.description.utf8))
            number(sequence)
        }
        record(RecordCodec.encode(change.plan))
        number(change.quantity)
        record(Array((change.effective.rawValue + change.proration.rawValue).utf8))
        for line in change.lines { record(RecordCodec.encode(line)) }
        if let draft = change.draft { record(RecordCodec.encode(draft)) }
        let tag = vault.derivation.authenticate(message.bytes)
        return String(instant.milliseconds, radix: 16) + "-" + Hex.encode(tag.bytes)
    }

    /// The moment of a token, nil for what cannot be one.
    static func instant(of token: String) -> Timestamp? {
        let parts = token.utf8.split(separator: 0x2d, omittingEmptySubsequences: false)
        guard parts.count == 2, (1...12).contains(parts[0].count), parts[1].count == 64,
            let time = Int64(String(decoding: parts[0], as: UTF8.self), radix: 16), time >= 0
        else { return nil }
        return Timestamp(milliseconds: time)
    }
}
