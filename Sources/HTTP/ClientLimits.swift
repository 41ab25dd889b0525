/// What the client accepts and keeps. Sizes in bytes, times in whole seconds.
package struct ClientLimits: Sendable {
    /// The longest head of an answer, interim answers included.
    package var headByteCount = 16 * 1024
    package var headerCount = 100
    /// How much of an answer's body is kept, unless the request says otherwise.
    package var bodyByteCount = 1024 * 1024
    /// For resolving a name, within the deadline of the request.
    package var resolveSeconds = 5
    /// For connecting to one address, within the deadline of the request.
    package var connectSeconds = 5
    /// How many addresses of a name are tried.
    package var addressCount = 4
    /// How long one address may keep silent before the next is tried beside it (RFC 8305 section 5).
    package var addressDelayMilliseconds = 250
    /// Exchanges with one origin at a time, on each loop.
    package var connectionsPerOrigin = 64
    /// Exchanges that wait for their turn with one origin, on each loop; more are `notSent(.busy)`.
    package var waitersPerOrigin = 256
    /// Idle connections kept for each origin and loop; 0 keeps none.
    package var idlePerOrigin = 4
    /// Idle connections kept by each loop.
    package var idleCount = 64
    /// How long an idle connection is thought to be alive.
    package var idleSeconds = 10

    package init() {}
}
