import Runtime

/// What a run of billing has shown so far. It outlives crashes.
final class BillingJournal: Sendable {
    private struct State: Sendable {
        var findings: [String] = []
        var steps = 0
        var items = 0
    }

    private let state = Guarded(State())

    var isClean: Bool { state.withLock { $0.findings.isEmpty } }
    var findings: [String] { state.withLock { $0.findings } }
    /// Leaps of time after which the books were looked at.
    var stepCount: Int { state.withLock { $0.steps } }
    /// Due items that ran within them.
    var itemCount: Int { state.withLock { $0.items } }

    func note(step findings: [String]) {
        state.withLock { state in
            state.steps += 1
            state.findings += findings
        }
    }

    func note(ran: [(kind: StaticString, count: Int)]) {
        let count = ran.reduce(0) { $0 + $1.count }
        state.withLock { $0.items += count }
    }
}
