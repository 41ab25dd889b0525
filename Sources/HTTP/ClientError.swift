/// Why there is no answer. The distinction is the one that money needs: whether the request may have had an effect.
package enum ClientError: Error, Equatable, Sendable {
    /// Not one byte of the request left this machine: trying again cannot do it twice.
    case notSent(Reason)
    /// Something was written and no complete answer came: the other side may or may not have acted.
    case unknown(Reason)

    /// What went wrong.
    package enum Reason: Sendable, Equatable {
        /// The name has no address.
        case nameNotFound
        /// Every address of the name is one the policy refuses.
        case addressRefused
        case connectionRefused
        case unreachable
        /// The scheme is `https` and no transport for it was given.
        case tlsUnavailable
        /// The handshake failed; in a few words why.
        case tlsFailed(String)
        case deadlinePassed
        /// The peer closed the connection too early.
        case closed
        /// The answer breaks the protocol or its limits.
        case malformedAnswer
        /// The request cannot be written: a name or method that is no token.
        case malformedRequest
        /// Too many requests wait for this origin already.
        case busy
        /// Too many descriptors or connections are open.
        case exhausted
        /// Any other error number of the system.
        case system(Int32)
    }

    /// Why, whichever of the two.
    package var reason: Reason {
        switch self {
        case .notSent(let reason), .unknown(let reason): reason
        }
    }
}
