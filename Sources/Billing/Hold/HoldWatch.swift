import Fields
package import Runtime
package import Storage

/// Holds live applications when the data was restored, is on another machine, or the clock has jumped, and keeps the
/// heartbeat by which that is seen.
package final class HoldWatch: Sendable, DueSource {
    private let store: Store
    private let ledger: Ledger
    private let doors: Doors
    private let machine: [UInt8]
    private let restoredAt: String
    /// The wall clock at the last look; nil before the first comparison is written.
    private let lastLook = Guarded<Timestamp?>(nil)

    /// A clock further from the heartbeat than this has jumped, or nobody served for so long.
    private static let gapSeconds: Int64 = 86_400
    private static let beatSeconds: Int64 = 3600

    /// - Parameters:
    ///   - machine: what tells this machine from others; empty where it has no identity.
    ///   - restoredAt: when the data was restored the last time, as its directory says.
    package init(store: Store, ledger: Ledger, doors: Doors, machine: [UInt8], restoredAt: String?) {
        self.store = store
        self.ledger = ledger
        self.doors = doors
        self.machine = machine
        self.restoredAt = restoredAt ?? ""
    }

    /// Compares with the last heartbeat, before anything due runs, and writes the first of this run. Where the store
    /// takes no writes, that is done before the first due work.
    package func start() async {
        _ = await look(doors.clock.now())
    }

    /// Looks whether the clock has jumped since the last look, before due work is done.
    ///
    /// - Returns: whether due work may be done; false when what was found could not be written.
    func look(_ now: Timestamp) async -> Bool {
        let last = lastLook.withLock { $0 }
        if let last, !Self.isJump(last, now) {
            lastLook.withLock { $0 = now }
            return true
        }
        do {
            if let hold = try await beat(comparing: last == nil, jumpedFrom: last) { tell(hold) }
            lastLook.withLock { $0 = now }
            return true
        } catch {
            doors.log.write(.error, "hold_not_recorded", [("error", "\(error)")])
            return false
        }
    }

    private func tell(_ hold: Hold) {
        doors.log.write(
            .error, "held",
            [("reason", hold.reason.rawValue), ("since", "\(hold.since)"), ("detail", hold.detail)])
    }

    private static func isJump(_ one: Timestamp, _ other: Timestamp) -> Bool {
        abs(one.seconds - other.seconds) > gapSeconds
    }

    /// - Parameter comparing: whether this is the first of a run.
    private func beat(comparing: Bool, jumpedFrom last: Timestamp? = nil) async throws -> Hold? {
        let (holds, now, machine, restoredAt) = (Holds(ledger), doors.clock.now(), machine, restoredAt)
        // There is nothing to hold where there are only test applications. Read before the transaction, whose rows are
        // few: one that is created in between begins with nothing to hold.
        let isLive = try await store.read { snapshot in
            Applications.list(in: snapshot).contains { $0.mode == .live && $0.archivedAt == nil }
        }
        return try await store.transact { transaction in
            let known = transaction.get(Heartbeat.self, Heartbeat.key)
            var beat = Heartbeat()
            beat.at = now
            // A machine that lost its identity is still the one it was.
            beat.machine = machine.isEmpty ? known?.machine ?? Blob() : Blob(machine)
            beat.restoredAt = restoredAt
            transaction.put(beat)
            guard isLive else { return Holds.current(in: transaction) }
            if let last {
                holds.open(.clockJumped, Self.jump(from: last, to: now), at: now, in: transaction)
            }
            guard comparing else { return Holds.current(in: transaction) }
            if !restoredAt.isEmpty, restoredAt != known?.restoredAt ?? "" {
                let detail = "The data was restored from a backup at \(restoredAt)."
                holds.open(.restored, detail, at: now, in: transaction)
            }
            if let known, !known.machine.bytes.isEmpty, known.machine != beat.machine {
                let detail = "The data was served on another machine until \(known.at)."
                holds.open(.machineChanged, detail, at: now, in: transaction)
            }
            if let known, Self.isJump(known.at, now) {
                holds.open(.clockJumped, Self.jump(from: known.at, to: now), at: now, in: transaction)
            }
            return Holds.current(in: transaction)
        }
    }

    private static func jump(from last: Timestamp, to now: Timestamp) -> String {
        last < now
            ? "Nobody served from \(last) to \(now), or the clock was moved."
            : "The clock says \(now), and it was \(last) before."
    }

    // MARK: The heartbeat as due work

    package var kind: StaticString { "heartbeat" }

    package func nextDue(of application: ApplicationID, in snapshot: Snapshot) -> Timestamp? {
        guard application == .none else { return nil }
        return snapshot.get(Heartbeat.self, Heartbeat.key)?.at.adding(seconds: Self.beatSeconds)
    }

    package func runDue(of application: ApplicationID, now: Timestamp, waits: Bool) async -> Int {
        do {
            _ = try await beat(comparing: false)
            return 1
        } catch {
            return 0
        }
    }
}
