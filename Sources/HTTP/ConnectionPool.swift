import Runtime

/// The idle connections of one loop. Only code on that loop touches it; that is the proof for `@unchecked`.
final class ConnectionPool: @unchecked Sendable {
    struct Idle {
        let origin: String
        let stream: any ByteStream
        let address: SocketAddress
        let since: Instant
    }

    private var idle: [Idle] = []

    init() {}

    /// The connection to `origin` that was used last, if one is younger than the limit; older ones are closed.
    func take(_ origin: String, at now: Instant, limits: ClientLimits) -> Idle? {
        idle.removeAll { connection in
            guard now >= connection.since.adding(seconds: limits.idleSeconds) else { return false }
            connection.stream.close()
            return true
        }
        guard let index = idle.lastIndex(where: { $0.origin == origin }) else { return nil }
        return idle.remove(at: index)
    }

    /// Keeps a connection, or closes it when there are enough.
    func put(_ connection: Idle, limits: ClientLimits) {
        guard idle.count(where: { $0.origin == connection.origin }) < limits.idlePerOrigin, limits.idleCount > 0
        else { return connection.stream.close() }
        if idle.count >= limits.idleCount { idle.removeFirst().stream.close() }
        idle.append(connection)
    }

    /// How many idle connections to `origin` are kept.
    func count(_ origin: String) -> Int { idle.count { $0.origin == origin } }

    /// Closes the oldest connection to `origin`.
    func dropOldest(_ origin: String) {
        guard let index = idle.firstIndex(where: { $0.origin == origin }) else { return }
        idle.remove(at: index).stream.close()
    }

    func closeAll() {
        for connection in idle { connection.stream.close() }
        idle = []
    }
}
