/// Money the peer took, as its own ledger has it.
package struct StripePeerCharge: Sendable, Equatable {
    /// The intent that took it.
    package let intent: String
    package let amount: Int64
    package let currency: String
    /// What the caller wrote into the metadata as the payment it is for.
    package let payment: String?
    /// What went back or is on its way.
    package var refunded: Int64
}
