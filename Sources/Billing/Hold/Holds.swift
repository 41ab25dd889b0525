import Bytes
import Fields
import Runtime
package import Storage

/// Whether live applications are held, and the end of it.
package struct Holds: Sendable {
    private let ledger: Ledger

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    /// Callers that are refused may come back after so long.
    private static let retrySeconds = 300

    /// The hold, while there is one.
    package static func current(in snapshot: Snapshot) -> Hold? {
        snapshot.get(Hold.self, Hold.key)
    }

    /// Whether the effects of applications of this mode wait; never those of test applications.
    package static func isHeld(_ mode: Mode, in snapshot: Snapshot) -> Bool {
        mode == .live && snapshot.exists(Hold.self, Hold.key)
    }

    /// Whether the effects of an application wait.
    package static func isHeld(_ application: ApplicationID, in snapshot: Snapshot) -> Bool {
        guard snapshot.exists(Hold.self, Hold.key) else { return false }
        return snapshot.get(Application.self, Key(application))?.mode == .live
    }

    /// - Throws: `unavailable` while the effects of applications of this mode wait.
    package static func check(_ mode: Mode, in snapshot: Snapshot) throws(Refusal) {
        guard isHeld(mode, in: snapshot) else { return }
        throw Refusal(
            .unavailable,
            "Live payments are on hold until this server's operator releases them; nothing was changed. GET /ready "
                + "tells since when and why.", retryAfterSeconds: retrySeconds)
    }

    /// Opens the hold, or adds a reason to the one that is open.
    func open(_ reason: HoldReason, _ detail: String, at now: Timestamp, in transaction: Transaction) {
        var hold = Self.current(in: transaction) ?? Hold()
        if hold.detail.isEmpty {
            hold.reason = reason
            hold.since = now
        }
        guard !hold.detail.containsText(detail), hold.detail.utf8.count < 2000 else { return }
        hold.detail += (hold.detail.isEmpty ? "" : " ") + detail
        transaction.put(hold)
        ledger.audit(
            "hold.open", on: "\(Hold.name)", application: .none, by: Act.system.because(detail), in: transaction)
        transaction.notify(Topics.configuration)
    }

    /// Ends the hold: what is due runs from now on.
    ///
    /// - Returns: the hold that was.
    /// - Throws: `invalid_state` when nothing is held.
    package func release(by act: Act, in transaction: Transaction) throws(Refusal) -> Hold {
        guard let hold = Self.current(in: transaction) else {
            throw Refusal(.invalidState, "Nothing is held.")
        }
        transaction.delete(hold)
        ledger.audit("hold.release", on: "\(Hold.name)", application: .none, by: act, in: transaction)
        transaction.notify(Topics.configuration)
        return hold
    }
}
