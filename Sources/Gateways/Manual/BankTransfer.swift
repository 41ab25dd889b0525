package import Billing
package import Runtime

/// What the page of a bank transfer shows.
package struct BankTransfer: Sendable, Equatable {
    /// Where the money is.
    package enum State: Sendable, Equatable {
        /// The buyer has to make it.
        case awaited
        case received
        /// Another way of paying was chosen, or the payment's time is over.
        case withdrawn
    }

    package let payment: PaymentHash
    package let attempt: Int64
    package let amount: Money
    /// What the buyer must write on it, in groups of four.
    package let reference: String
    /// The merchant's own words: to which account, and how long it takes.
    package let instructions: String
    package let state: State
    /// Until when the merchant expects it.
    package let expiresAt: Timestamp
}
