import Crypto

/// One key for tickets, and which of its tickets were used.
struct TicketEpoch: Sendable {
    /// A ticket's first bytes, which say which key sealed it.
    let name: [UInt8]
    let sealer: Sealer
    /// Seconds since 1970.
    let startedAt: Int64
    /// How many tickets were made.
    private(set) var ticketCount: UInt64 = 0
    /// A bit for each ticket that was used.
    private var used: [UInt64] = []

    static let nameByteCount = 16

    init(name: [UInt8], sealer: Sealer, startedAt: Int64) {
        self.name = name
        self.sealer = sealer
        self.startedAt = startedAt
    }

    /// The number of the next ticket.
    mutating func makeSerial() -> UInt64 {
        if ticketCount.isMultiple(of: 64) { used.append(0) }
        defer { ticketCount += 1 }
        return ticketCount
    }

    /// Whether ticket `serial` was not used before, and from now on it was.
    mutating func use(_ serial: UInt64) -> Bool {
        guard serial < ticketCount else { return false }
        let mask: UInt64 = 1 << (serial % 64)
        let index = Int(serial / 64)
        guard used[index] & mask == 0 else { return false }
        used[index] |= mask
        return true
    }
}
