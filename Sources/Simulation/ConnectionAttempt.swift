package import Runtime

/// An attempt to connect, as a script sees it.
package struct ConnectionAttempt: Sendable, Equatable {
    /// Counts the attempts of a world, from 1.
    package let number: Int
    package let address: SocketAddress
}
