package import Billing
import Gateways
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
        let onlySaves: Bool
        let saves: Bool
        var state = SessionState.open
        var charge = ""
        var isApproved = false
    }

    /// A charge that was made and not carried out.
    struct Prepared {
        let name: String
        let token: String
        let payment: PaymentHash
        let amount: Money
        var outcome: Outcome?
        var isCancelled = false
    }

    struct State {
        var sessions: [Session] = []
        var taken: [Taken] = []
        var starts: [String: String] = [:]
        var captures: [String: Outcome] = [:]
        var prepared: [Prepared] = []
        var refunds: [String: RefundOutcome] = [:]
        /// Refunds made by hand, with their charges.
        var byHand: [(charge: String, refund: ListedRefund)] = []
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
    /// Whether charges of saved methods are made first and then carried out.
    package let preparesCharges: Bool
    private let state = Guarded(State())

    package init(_ name: String, preparesCharges: Bool = false) {
        self.name = name
        self.preparesCharges = preparesCharges
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

    /// The token of a saved method whose charges succeed; any other is declined with its own text as the code, save
    /// `asks_buyer`, for which the bank wants to see the buyer.
    package static let goodToken = "good"

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

    /// The buyer agrees on the gateway's own page, without a call of ours; the money waits to be captured.
    package func approve(_ session: String) {
        withState { state in
            guard let index = state.sessions.firstIndex(where: { $0.name == session }) else { return }
            state.sessions[index].isApproved = true
        }
    }

    /// Refunds a charge at the gateway by hand.
    package func refundByHand(_ charge: String, _ amount: Money) {
        withState { state in
            let outcome = state.giveBack(charge, amount, self.name)
            guard case .succeeded(let reference) = outcome else { return }
            state.byHand.append((charge, ListedRefund(reference: reference, amount: amount, status: .succeeded)))
        }
    }

    /// The gateway takes the money of a charge that it had declined, without telling.
    package func settleLater(_ key: String, payment: PaymentHash, amount: Money) {
        let name = name
        withState { $0.captures[key] = $0.charge(Self.goodToken, payment, amount, name) }
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
        sessions[index].state = .paid
        if session.onlySaves { return saving(session) }
        let charge = FarBooks.Taken(
            reference: "\(name)_c\(taken.count + 1)", session: session.name, payment: session.payment,
            amount: Money(session.amount.units * amountFactor, session.amount.currency))
        taken.append(charge)
        sessions[index].charge = charge.reference
        return Charge(
            reference: charge.reference, amount: charge.amount, method: MethodSummary(type: "card"),
            saved: session.saves ? Self.saved : nil)
    }

    /// A saved method whose charges succeed.
    static let saved = SavedMethod(token: FarBooks.goodToken, summary: MethodSummary(type: "card", last4: "4242"))

    private func saving(_ session: FarBooks.Session) -> Charge {
        Charge(
            reference: "\(session.name)_saved", amount: .zero(session.amount.currency),
            method: MethodSummary(type: "card"), saved: Self.saved)
    }

    /// Charges a saved method: its token says what comes of it.
    mutating func charge(_ token: String, _ payment: PaymentHash, _ amount: Money, _ name: String) -> Outcome {
        switch token {
        case FarBooks.goodToken:
            let charge = FarBooks.Taken(
                reference: "\(name)_c\(taken.count + 1)", session: "", payment: payment,
                amount: Money(amount.units * amountFactor, amount.currency))
            taken.append(charge)
            return .succeeded(
                Charge(reference: charge.reference, amount: charge.amount, method: MethodSummary(type: "card")))
        case "asks_buyer":
            return .requiresAction(url: "https://bank.example/challenge")
        default:
            return .declined(Failure(token, "The issuer said: \(token).", .issuer))
        }
    }

    /// Carries out a charge that was made before, once.
    mutating func carryOut(_ prepared: String, _ name: String) -> Outcome {
        guard let index = self.prepared.firstIndex(where: { $0.name == prepared }), !self.prepared[index].isCancelled
        else { return .notExecuted(Failure("charge_not_found", "No such charge.", .gateway)) }
        let one = self.prepared[index]
        if let known = one.outcome { return known }
        let outcome = charge(one.token, one.payment, one.amount, name)
        self.prepared[index].outcome = outcome
        return outcome
    }

    /// What took the money of a session.
    func charge(of session: FarBooks.Session) -> Charge? {
        if session.onlySaves { return saving(session) }
        return taken.first { $0.reference == session.charge }.map {
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
