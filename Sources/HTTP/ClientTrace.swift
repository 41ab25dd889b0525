package import Runtime

/// Where the time of one exchange went, also of a failed one. Durations in nanoseconds.
package struct ClientTrace: Sendable, Equatable {
    /// The address connected to, or tried last.
    package var address: SocketAddress?
    /// Resolving the name; zero on a reused connection.
    package var resolveNanoseconds: UInt64 = 0
    /// Connecting, over all addresses tried; zero on a reused connection.
    package var connectNanoseconds: UInt64 = 0
    /// The TLS handshake; zero without TLS or on a reused connection.
    package var secureNanoseconds: UInt64 = 0
    /// From the call to its end.
    package var totalNanoseconds: UInt64 = 0
    package var isReusedConnection = false

    package init() {}
}
