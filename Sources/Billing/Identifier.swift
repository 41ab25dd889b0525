package import Bytes
package import Fields
package import JSON
package import Runtime
package import Storage

/// The kind of object an identifier names, with the prefix of its text form.
package protocol IdentifierKind: Sendable {
    static var prefix: StaticString { get }
}

/// A 128-bit identifier: 48 bits of milliseconds, then 80 random bits, so identifiers sort by time of creation.
///
/// The text form is the kind's prefix and 32 lower-case hexadecimal digits.
package struct Identifier<Kind: IdentifierKind>: Hashable, Comparable, Sendable, CustomStringConvertible {
    // Two words: Swift 6.3 loses its stack when an async function takes a 128-bit integer on it.
    private let high: UInt64
    private let low: UInt64

    package var value: UInt128 { UInt128(high) &<< 64 | UInt128(low) }

    package init(value: UInt128) {
        high = UInt64(truncatingIfNeeded: value &>> 64)
        low = UInt64(truncatingIfNeeded: value)
    }

    /// Only as the default of a record that is about to be filled.
    package static var none: Self { Self(value: 0) }

    /// - Parameter random: 10 bytes.
    package init(at time: Timestamp, random: [UInt8]) {
        precondition(random.count >= 10, "an identifier takes 10 random bytes")
        // Halves are built apart: wide shifts are slow.
        var high = UInt64(max(0, time.milliseconds)) &<< 16
        high |= UInt64(random[0]) &<< 8 | UInt64(random[1])
        var low: UInt64 = 0
        for index in 2..<10 { low = low &<< 8 | UInt64(random[index]) }
        self.init(high: high, low: low)
    }

    /// A new identifier of a transaction.
    package init(in transaction: Transaction, purpose: StaticString) {
        self.init(at: transaction.now, random: transaction.random(10, purpose: purpose))
    }

    /// What a topic is about, where it is about this object.
    package var subject: StoreTopic.Subject { StoreTopic.Subject(high: high, low: low) }

    package init(_ subject: StoreTopic.Subject) {
        self.init(high: subject.high, low: subject.low)
    }

    /// Nil unless `text` is exactly a text form.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        let prefix = Array(Kind.prefix.description.utf8)
        guard bytes.count == prefix.count + 32, bytes.starts(with: prefix) else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        for byte in bytes.dropFirst(prefix.count) {
            guard let digit = Hex.value(byte), !(0x41...0x46).contains(byte) else { return nil }
            halves = (halves.0 &<< 4 | halves.1 &>> 60, halves.1 &<< 4 | UInt64(digit))
        }
        self.init(high: halves.0, low: halves.1)
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    package var description: String {
        var writer = ByteWriter(capacity: 40)
        writer.append(Kind.prefix)
        for half in [high, low] {
            for digit in 0..<16 {
                writer.append(Hex.digit(UInt8(truncatingIfNeeded: half &>> (60 &- 4 &* UInt64(digit))) & 15))
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension Identifier: KeyPart {
    package func append(to key: inout Key) {
        value.append(to: &key)
    }
}

extension Identifier: FieldValue {
    package static var isText: Bool { true }
    package var isDefault: Bool { value == 0 }

    package func encode(into writer: inout ByteWriter) {
        writer.appendBigEndian(high)
        writer.appendBigEndian(low)
    }

    package static func decode(from reader: inout ByteReader) throws(Truncated) -> Self {
        let high = try reader.bigEndian(UInt64.self)
        let low = try reader.bigEndian(UInt64.self)
        return Self(high: high, low: low)
    }

    package func write(to json: inout JSONWriter) {
        json.string(description)
    }

    package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> Self? {
        guard case .string(let text) = value, let identifier = Self(text) else {
            input.add(
                "invalid_format", "This must be an identifier of the form \(Kind.prefix) and 32 hexadecimal digits.")
            return nil
        }
        return identifier
    }

    package static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.scalar("string", about) { json in
            json.name("pattern")
            json.string("^\(Kind.prefix)[0-9a-f]{32}$")
        }
    }
}

/// The prefix of applications.
package enum ApplicationKind: IdentifierKind { package static let prefix: StaticString = "app_" }
/// The prefix of customers.
package enum CustomerKind: IdentifierKind { package static let prefix: StaticString = "cus_" }
/// The prefix of payments: none, the hash stands alone.
package enum PaymentKind: IdentifierKind { package static let prefix: StaticString = "" }
/// The prefix of refunds.
package enum RefundKind: IdentifierKind { package static let prefix: StaticString = "re_" }
/// The prefix of saved methods.
package enum PaymentMethodKind: IdentifierKind { package static let prefix: StaticString = "pm_" }
/// The prefix of events.
package enum EventKind: IdentifierKind { package static let prefix: StaticString = "evt_" }
/// The prefix of webhook endpoints.
package enum WebhookEndpointKind: IdentifierKind { package static let prefix: StaticString = "we_" }
/// The prefix of deliveries.
package enum DeliveryKind: IdentifierKind { package static let prefix: StaticString = "del_" }
/// The prefix of gateways' notices.
package enum GatewayEventKind: IdentifierKind { package static let prefix: StaticString = "ge_" }
/// The prefix of invoices.
package enum InvoiceKind: IdentifierKind { package static let prefix: StaticString = "inv_" }

/// The prefix of subscriptions.
package enum SubscriptionKind: IdentifierKind { package static let prefix: StaticString = "sub_" }
/// The prefix of credit notes.
package enum CreditNoteKind: IdentifierKind { package static let prefix: StaticString = "cn_" }
/// The prefix of entries of a customer's credit.
package enum CreditEntryKind: IdentifierKind { package static let prefix: StaticString = "ce_" }

package typealias ApplicationID = Identifier<ApplicationKind>
package typealias CustomerID = Identifier<CustomerKind>
/// A payment's hash: an identifier without a prefix.
package typealias PaymentHash = Identifier<PaymentKind>
package typealias RefundID = Identifier<RefundKind>
package typealias PaymentMethodID = Identifier<PaymentMethodKind>
package typealias EventID = Identifier<EventKind>
package typealias WebhookEndpointID = Identifier<WebhookEndpointKind>
package typealias DeliveryID = Identifier<DeliveryKind>
package typealias GatewayEventID = Identifier<GatewayEventKind>
package typealias InvoiceID = Identifier<InvoiceKind>
package typealias SubscriptionID = Identifier<SubscriptionKind>
package typealias CreditNoteID = Identifier<CreditNoteKind>
package typealias CreditEntryID = Identifier<CreditEntryKind>
