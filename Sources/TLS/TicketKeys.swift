import Crypto

/// What a server seals its tickets with: keys that are drawn at random, never leave memory, and change by themselves.
///
/// Each ticket serves once. A bit for every ticket says whether it was used, and a key seals 1,048,576 tickets at most
/// before the next takes over, so that all of it never takes more than 256 KiB. Shared by all connections of a server;
/// with another process, or after a restart, tickets are worth nothing and handshakes are full.
public final class TicketKeys: Sendable {
    /// How long a ticket is good, and how long a key seals; afterwards the key opens for as long again.
    public let lifetimeSeconds: Int64

    private struct State {
        var current: TicketEpoch?
        var previous: TicketEpoch?
    }

    private let state: Locked<State>
    private let maximumTicketCount: UInt64

    /// - Parameter lifetimeSeconds: 1 to 604,800 (RFC 8446 section 4.6.1).
    public convenience init(lifetimeSeconds: Int64 = 21_600) {
        self.init(lifetimeSeconds: lifetimeSeconds, maximumTicketCount: 1 << 20)
    }

    init(lifetimeSeconds: Int64, maximumTicketCount: UInt64) {
        precondition((1...Session.maximumLifetimeSeconds).contains(lifetimeSeconds), "a lifetime of at most a week")
        self.lifetimeSeconds = lifetimeSeconds
        self.maximumTicketCount = maximumTicketCount
        state = Locked(State())
    }

    /// A ticket that holds `contents`, or nil when no key can be made.
    func seal(_ contents: TicketContents, now: Int64, random: (Int) -> [UInt8]) -> [UInt8]? {
        // Drawn before the lock, in case they are needed.
        let name = random(TicketEpoch.nameByteCount)
        let secret = random(Sealer.keyByteCount)
        let nonce = random(Sealer.nonceByteCount)
        let taken: (name: [UInt8], sealer: Sealer, serial: UInt64)? = state.withLock { state in
            if !isCurrent(state.current, now: now) {
                guard let sealer = try? Sealer(masterKey: Secret(secret)) else { return nil }
                state.previous = state.current
                state.current = TicketEpoch(name: name, sealer: sealer, startedAt: now)
            }
            guard let serial = state.current?.makeSerial(), let epoch = state.current else { return nil }
            return (epoch.name, epoch.sealer, serial)
        }
        guard let taken else { return nil }
        var bytes = contents.encode(serial: taken.serial)
        defer { Memory.wipe(&bytes) }
        return taken.name + taken.sealer.seal(bytes, context: taken.name, nonce: nonce)
    }

    private func isCurrent(_ epoch: TicketEpoch?, now: Int64) -> Bool {
        guard let epoch else { return false }
        return epoch.ticketCount < maximumTicketCount && now >= epoch.startedAt
            && now - epoch.startedAt < lifetimeSeconds
    }

    /// What `ticket` holds, or nil when it is not ours or too old. It may have been used.
    func open(_ ticket: [UInt8], now: Int64) -> OpenedTicket? {
        guard ticket.count > TicketEpoch.nameByteCount else { return nil }
        let name = Array(ticket[..<TicketEpoch.nameByteCount])
        let sealer: Sealer? = state.withLock { state in
            if state.current?.name == name { return state.current?.sealer }
            return state.previous?.name == name ? state.previous?.sealer : nil
        }
        guard let sealer,
            var bytes = try? sealer.open(Array(ticket[TicketEpoch.nameByteCount...]), context: name)
        else { return nil }
        defer { Memory.wipe(&bytes) }
        var serial: UInt64 = 0
        guard let contents = TicketContents(bytes, serial: &serial), now >= contents.issuedAt,
            now - contents.issuedAt < lifetimeSeconds, now < contents.validUntil
        else { return nil }
        return OpenedTicket(name: name, serial: serial, contents: contents)
    }

    /// Whether the ticket was not used before, and from now on it was.
    func use(_ ticket: OpenedTicket) -> Bool {
        state.withLock { state in
            if state.current?.name == ticket.name { return state.current?.use(ticket.serial) ?? false }
            if state.previous?.name == ticket.name { return state.previous?.use(ticket.serial) ?? false }
            return false
        }
    }
}
