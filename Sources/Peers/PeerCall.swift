import HTTP

/// One call that reached a peer.
package struct PeerCall: Sendable, Equatable {
    /// Counts the calls of a peer, from 1.
    package let number: Int
    /// Method and path with `*` in the place of names, such as `POST /v1/payment_intents/*/confirm`.
    package let operation: String
    /// How many calls of this operation there were before.
    package let earlier: Int
    /// The idempotency key; nil when it carries none.
    package let key: String?
    /// Method and target as they came.
    package let target: String
    package let body: [UInt8]
}
