package import Runtime

/// Connects to whichever address of a name answers first (RFC 8305): the next one is tried when the one before failed,
/// or has not answered for a moment. The first connection wins, later ones are closed as they come.
package struct ConnectionRace: Sendable {
    private let doors: Doors
    private let limits: ClientLimits

    package init(doors: Doors, limits: ClientLimits) {
        self.doors = doors
        self.limits = limits
    }

    /// A connection, or the address tried last and why it failed.
    package enum Outcome: Sendable {
        case connected(any ByteStream, SocketAddress)
        case failed(NetworkError, SocketAddress?)
    }

    /// The order in which to try: both families by turns, IPv6 first (RFC 8305 section 4), each in the order given. A
    /// host without a way to IPv6 is told so at once and loses no time.
    static func order(_ addresses: [IPAddress]) -> [IPAddress] {
        var families: (long: [IPAddress], short: [IPAddress]) = ([], [])
        for address in addresses {
            if case .v6 = address { families.long.append(address) } else { families.short.append(address) }
        }
        var ordered: [IPAddress] = []
        for index in 0..<max(families.long.count, families.short.count) {
            if index < families.long.count { ordered.append(families.long[index]) }
            if index < families.short.count { ordered.append(families.short[index]) }
        }
        return ordered
    }

    /// Tries at most `limits.addressCount` of `addresses`, which are not empty.
    package func run(_ addresses: [IPAddress], port: UInt16, deadline: Instant) async -> Outcome {
        let targets = Self.order(addresses).prefix(limits.addressCount).map { SocketAddress.ip($0, port: port) }
        guard targets.count > 1 else { return await connect(to: targets.first, deadline: deadline) }
        let field = Field()
        defer { field.isOver = true }
        var startedCount = 0
        var nextStart = doors.clock.instant()
        while true {
            if let winner = field.winner { return .connected(winner.stream, winner.address) }
            let now = doors.clock.instant()
            let last = startedCount > 0 ? targets[startedCount - 1] : nil
            if now >= deadline { return .failed(.deadlinePassed, last) }
            if startedCount < targets.count, field.openCount == 0 || field.hasFailed || now >= nextStart {
                field.hasFailed = false
                start(targets[startedCount], in: field, deadline: deadline)
                startedCount += 1
                nextStart = now.adding(milliseconds: limits.addressDelayMilliseconds)
                continue
            }
            if field.openCount == 0 { return .failed(field.failure, last) }
            let wait = startedCount < targets.count ? min(nextStart, deadline) : deadline
            await field.changed.wait(until: wait, on: doors.scheduler)
        }
    }

    /// Tries one address in a task of its own, on the same loop, because a stream belongs to the loop it began on.
    private func start(_ target: SocketAddress, in field: Field, deadline: Instant) {
        field.openCount += 1
        doors.scheduler.spawn(on: doors.scheduler.currentLoop) {
            switch await connect(to: target, deadline: deadline) {
            case .connected(let stream, let address):
                if field.isOver || field.winner != nil {
                    stream.close()
                } else {
                    field.winner = (stream, address)
                }
            case .failed(let failure, _):
                field.failure = failure
                field.hasFailed = true
            }
            field.openCount -= 1
            field.changed.notify()
        }
    }

    private func connect(to target: SocketAddress?, deadline: Instant) async -> Outcome {
        guard let target else { return .failed(.nameNotFound, nil) }
        let now = doors.clock.instant()
        guard now < deadline else { return .failed(.deadlinePassed, nil) }
        do throws(NetworkError) {
            let limit = min(deadline, now.adding(seconds: limits.connectSeconds))
            return .connected(try await doors.network.connect(to: target, deadline: limit), target)
        } catch {
            return .failed(error, target)
        }
    }

    /// The race as its runners see it. All of them are on one loop; that is the proof for `@unchecked`.
    private final class Field: @unchecked Sendable {
        var winner: (stream: any ByteStream, address: SocketAddress)?
        var openCount = 0
        var failure = NetworkError.unreachable
        /// Whether one failed since the last start.
        var hasFailed = false
        var isOver = false
        let changed = WakeSignal()
    }
}
