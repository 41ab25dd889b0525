package import Billing
import Runtime
import Storage

/// What a gateway far away knows: it outlives every crash of the server.
package final class FarBooks: Sendable {
    /// Money it took.
    package struct Taken: Sendable, Equatable {
        package let reference: String
        package let session: String
        package let payment: PaymentHash
        package let amount: Money
        package fileprivate(set) var refunded: Int64 = 0
    }

    /// One call, as it arrived or was to arrive.
    package struct Record: Sendable, Equatable {
        package let call: FarCall
        package let key: String
        package let payment: PaymentHash
    }

    enum SessionState { case open, paid, expired }

    struct Session {
        let name: String
        let payment: PaymentHash
        let amount: Money
        var state = SessionState.open
        var charge = ""
    }

    struct State {
        var sessions: [Session] = []
        var taken: [Taken] = []
        var starts: [String: String] = [:]
        var captures: [String: Outcome] = [:]
        var refunds: [String: RefundOutcome] = [:]
        var records: [Record] = []
        var delayed: [(number: Int, body: @Sendable (inout State) -> Void)] = []
        var delayedCount = 0
        var refundCount = 0
        var canExpire = true
        var amountFactor: Int64 = 1
        var fate: @Sendable (FarCall, Int) -> FarFate = { _, _ in .answered(after: 0) }
    }

    /// The adapter's name.
    package let name: String
    private let state = Guarded(State())

    package init(_ name: String) {
        self.name = name
    }

    func withState<Answer: Sendable>(_ body: (inout State) -> Answer) -> Answer {
        state.withLock { state in body(&state) }
    }

    // MARK: For scenarios

    /// Decides the fate of each call, by its kind and the number of calls before it.
    package func setFate(_ fate: @escaping @Sendable (FarCall, Int) -> FarFate) {
        withState { $0.fate = fate }
    }

    /// Whether open sessions can be expired; otherwise replacing one supersedes it.
    package func setCanExpire(_ canExpire: Bool) { withState { $0.canExpire = canExpire } }

    /// Takes so many times what was asked.
    package func setAmountFactor(_ factor: Int64) { withState { $0.amountFactor = factor } }

    package var taken: [Taken] { withState { $0.taken } }
    package var records: [Record] { withState { $0.records } }
    /// The names of all sessions, oldest first.
    package var sessions: [String] { withState { $0.sessions.map(\.name) } }

    package func count(of call: FarCall) -> Int { records.count { $0.call == call } }

    /// The buyer pays on the gateway's own page, without a call of ours.
    ///
    /// - Returns: whether the session was open.
    @discardableResult
    package func pay(_ session: String) -> Bool {
        withState { state in
            guard let index = state.sessions.firstIndex(where: { $0.name == session }),
                state.sessions[index].state == .open
            else { return false }
            _ = state.take(index, name)
            return true
        }
    }

    /// What was still under way when the server crashed arrives now, or never.
    package func settleDelayed(arrives: Bool) {
        withState { state in
            let delayed = state.delayed
            state.delayed = []
            if arrives { for one in delayed { one.body(&state) } }
        }
    }
}

extension FarBooks.State {
    /// Takes the money of an open session.
    mutating func take(_ index: Int, _ name: String) -> Charge {
        let session = sessions[index]
        let charge = FarBooks.Taken(
            reference: "\(name)_c\(taken.count + 1)", session: session.name, payment: session.payment,
            amount: Money(session.amount.units * amountFactor, session.amount.currency))
        taken.append(charge)
        sessions[index].state = .paid
        sessions[index].charge = charge.reference
        return Charge(reference: charge.reference, amount: charge.amount, method: MethodSummary(type: "card"))
    }

    /// What took the money of a session.
    func charge(of session: FarBooks.Session) -> Charge? {
        taken.first { $0.reference == session.charge }.map {
            Charge(reference: $0.reference, amount: $0.amount, method: MethodSummary(type: "card"))
        }
    }

    mutating func giveBack(_ reference: String, _ amount: Money, _ name: String) -> RefundOutcome {
        guard let index = taken.firstIndex(where: { $0.reference == reference }) else {
            return .failed(Failure("charge_not_found", "No such charge.", .gateway))
        }
        guard amount.isPositive, amount.currency == taken[index].amount.currency,
            taken[index].refunded + amount.units <= taken[index].amount.units
        else { return .failed(Failure("refund_exceeds_charge", "More than is left.", .gateway)) }
        taken[index].refunded += amount.units
        refundCount += 1
        return .succeeded(reference: "\(name)_r\(refundCount)")
    }
}
