package import Runtime

/// A notice that could not be believed, kept in memory for whoever sets up a gateway.
package struct InboundRefusal: Sendable, Equatable {
    package let at: Timestamp
    /// Why, in a few words.
    package let reason: String
    /// The body's first 8 KiB.
    package let body: [UInt8]
}
