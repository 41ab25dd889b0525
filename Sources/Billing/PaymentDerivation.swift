import Crypto
import Runtime

/// Names an automatic payment by what it is for: the same work done again, as after a restore, gets the same hash, and
/// with it the same keys at the gateway, which then charges nothing twice.
package struct PaymentDerivation: Sendable {
    private let purpose: String
    private let time: Timestamp

    /// - Parameter number: Which automatic try of the invoice this is, from 1.
    package init(_ invoice: Invoice, try number: Int64) {
        // An invoice that bills a period is known by it; any other was asked for by somebody, and is known by its id.
        let subject: String
        if let subscription = invoice.subscription, let start = invoice.periodStart, invoice.billsPeriod {
            subject = "\(subscription).\(start.milliseconds)"
            time = start.adding(seconds: Self.nominalDelay(number))
        } else {
            subject = "\(invoice.id)"
            time = invoice.createdAt.adding(seconds: Self.nominalDelay(number))
        }
        purpose = "collection.v1.\(subject).\(invoice.billingReason.rawValue).\(number)"
    }

    /// The hash under the master key of `vault`. It sorts about where the payment's creation does.
    package func hash(_ vault: Vault) -> PaymentHash {
        PaymentHash(at: time, random: Array(vault.derivation.authenticate(Array(purpose.utf8)).bytes.prefix(10)))
    }

    /// Seconds from the first try to try `number` by the default schedule. It depends on nothing that can be changed.
    private static func nominalDelay(_ number: Int64) -> Int64 {
        number <= 1 ? 0 : (2 * min(number, 1000) - 3) * 86_400
    }
}
