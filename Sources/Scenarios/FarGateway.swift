package import Billing
package import Gateways
package import HTTP
package import Runtime

/// An adapter to a gateway whose books are out of the server's reach, and whose calls have scripted fates.
package final class FarGateway: GatewayAdapter {
    package let books: FarBooks
    private let doors: Doors
    /// Called before a call leaves.
    private let beforeCall: @Sendable (FarBooks.Record, Order) -> Void

    package init(
        _ books: FarBooks, doors: Doors, beforeCall: @escaping @Sendable (FarBooks.Record, Order) -> Void = { _, _ in }
    ) {
        self.books = books
        self.doors = doors
        self.beforeCall = beforeCall
    }

    package var name: String { books.name }

    private enum Answer<Value> {
        case value(Value)
        case unsent
        case silence
    }

    /// Makes one call: `body` is what the gateway does when it arrives.
    private func perform<Value: Sendable>(
        _ call: FarCall, _ order: Order, key: String,
        _ body: @escaping @Sendable (inout FarBooks.State) -> Value
    ) async -> Answer<Value> {
        let record = FarBooks.Record(call: call, key: key, payment: order.payment)
        beforeCall(record, order)
        let fate = books.withState { state -> FarFate in
            let count = state.records.count { $0.call == call }
            state.records.append(record)
            return state.fate(call, count)
        }
        switch fate {
        case .unsent: return .unsent
        case .vanished: return .silence
        case .answerLost:
            _ = books.withState(body)
            return .silence
        case .answered(let milliseconds):
            if milliseconds > 0 {
                await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: milliseconds))
            }
            return .value(books.withState(body))
        case .delayed(let milliseconds):
            let number = books.withState { state -> Int in
                state.delayedCount += 1
                state.delayed.append((state.delayedCount, { state in _ = body(&state) }))
                return state.delayedCount
            }
            doors.scheduler.spawn(on: 0) {
                await self.doors.scheduler.sleep(
                    until: self.doors.clock.instant().adding(milliseconds: milliseconds))
                self.books.withState { state in
                    guard let index = state.delayed.firstIndex(where: { $0.number == number }) else { return }
                    state.delayed.remove(at: index).body(&state)
                }
            }
            return .silence
        }
    }

    private static let unreachable = Failure("gateway_unreachable", "The connection was refused.", .network)
    private static let timeout = Failure("gateway_timeout", "No answer came in time.", .network)

    package func startCheckout(_ order: Order, key: String) async -> StartOutcome {
        await start(order, key: key, onlySaves: false)
    }

    private func start(_ order: Order, key: String, onlySaves: Bool) async -> StartOutcome {
        let name = name
        let answer = await perform(.start, order, key: key) { state -> String in
            if let known = state.starts[key] { return known }
            let session = FarBooks.Session(
                name: "\(name)_s\(state.sessions.count + 1)", payment: order.payment, amount: order.amount,
                onlySaves: onlySaves, saves: onlySaves || order.savesMethod)
            state.sessions.append(session)
            state.starts[key] = session.name
            return session.name
        }
        return switch answer {
        case .value(let session): .opened(session: session, url: Self.url(order))
        case .unsent: .notExecuted(Self.unreachable)
        case .silence: .lost(Self.timeout)
        }
    }

    private static func url(_ order: Order) -> String { order.checkoutURL + "/pay/\(order.attempt)" }

    package func capture(_ session: String, _ order: Order, with instrument: Instrument, key: String) async -> Outcome {
        let name = name
        let answer = await perform(.capture, order, key: key) { state -> Outcome in
            if let known = state.captures[key] { return known }
            let outcome = Self.capture(session, instrument, name, &state)
            if case .notExecuted = outcome { return outcome }
            state.captures[key] = outcome
            return outcome
        }
        return switch answer {
        case .value(let outcome): outcome
        case .unsent: .notExecuted(Self.unreachable)
        case .silence: .unknown("No answer came.")
        }
    }

    private static func capture(
        _ session: String, _ instrument: Instrument, _ name: String, _ state: inout FarBooks.State
    ) -> Outcome {
        guard let index = state.sessions.firstIndex(where: { $0.name == session }) else {
            return .notExecuted(Failure("session_not_found", "No such session.", .configuration))
        }
        switch state.sessions[index].state {
        case .expired: return .notExecuted(Failure("session_expired", "The session has expired.", .gateway))
        case .paid:
            guard let charge = state.charge(of: state.sessions[index]) else { return .unknown("No charge.") }
            return .succeeded(charge)
        case .open: break
        }
        switch instrument {
        case .refusal: return .declined(Failure("insufficient_funds", "No funds.", .issuer))
        case .card(let card) where card.number.hasSuffix("0119"):
            return .declined(Failure("processing_error", "An error.", .gateway))
        case .card, .approval: return .succeeded(state.take(index, name))
        }
    }

    package func status(_ session: String, _ order: Order, key: String) async -> Outcome {
        let answer = await perform(.status, order, key: key) { state -> Outcome in
            if session.isEmpty, let known = state.captures[key] { return known }
            if let prepared = state.prepared.first(where: { $0.name == session }) {
                return prepared.outcome ?? .notExecuted(Failure("not_carried_out", "It waits.", .gateway))
            }
            guard let known = state.sessions.first(where: { $0.name == session }) else {
                return .notExecuted(Failure("call_not_found", "No such session.", .gateway))
            }
            if known.state == .paid, let charge = state.charge(of: known) { return .succeeded(charge) }
            if let outcome = state.captures[key], case .declined = outcome { return outcome }
            if known.state == .expired {
                return .notExecuted(Failure("session_expired", "The session expired unpaid.", .gateway))
            }
            if known.isApproved { return .approved }
            return .requiresAction(url: Self.url(order))
        }
        return switch answer {
        case .value(let outcome): outcome
        case .unsent, .silence: .unknown("No answer came.")
        }
    }

    package func cancel(_ session: String, _ order: Order) async -> ExpiryOutcome {
        let answer = await perform(.cancel, order, key: "") { state -> ExpiryOutcome in
            if let index = state.prepared.firstIndex(where: { $0.name == session }) {
                guard state.prepared[index].outcome == nil else { return .inProgress }
                state.prepared[index].isCancelled = true
                return .expired
            }
            guard let index = state.sessions.firstIndex(where: { $0.name == session }) else { return .expired }
            guard state.sessions[index].state != .paid else { return .inProgress }
            guard state.canExpire else { return .impossible }
            state.sessions[index].state = .expired
            return .expired
        }
        return switch answer {
        case .value(let outcome): outcome
        case .unsent, .silence: .unknown("No answer came.")
        }
    }

    package func refund(_ charge: String, _ amount: Money, _ order: Order, key: String) async -> RefundOutcome {
        let name = name
        let answer = await perform(.refund, order, key: key) { state -> RefundOutcome in
            if let known = state.refunds[key] { return known }
            let outcome = state.giveBack(charge, amount, name)
            state.refunds[key] = outcome
            return outcome
        }
        return switch answer {
        case .value(let outcome): outcome
        case .unsent: .notExecuted(Self.unreachable)
        case .silence: .unknown("No answer came.")
        }
    }

    package func refundStatus(_ charge: String, reference: String?, _ order: Order, key: String) async -> RefundOutcome
    {
        let answer = await perform(.refundStatus, order, key: key) { state -> RefundOutcome in
            state.refunds[key] ?? .notExecuted(Failure("call_not_found", "No such refund.", .gateway))
        }
        return switch answer {
        case .value(let outcome): outcome
        case .unsent, .silence: .unknown("No answer came.")
        }
    }

    package func startSave(_ order: Order, key: String) async -> StartOutcome {
        await start(order, key: key, onlySaves: true)
    }

    package var preparesCharges: Bool { books.preparesCharges }

    package func prepareCharge(_ token: String, _ order: Order, key: String) async -> StartOutcome {
        guard preparesCharges else { return .opened(session: "", url: "") }
        let name = name
        let answer = await perform(.prepare, order, key: key) { state -> String in
            if let known = state.starts[key] { return known }
            let made = FarBooks.Prepared(
                name: "\(name)_p\(state.prepared.count + 1)", token: token, payment: order.payment,
                amount: order.amount)
            state.prepared.append(made)
            state.starts[key] = made.name
            return made.name
        }
        return switch answer {
        case .value(let made): .opened(session: made, url: "")
        case .unsent: .notExecuted(Self.unreachable)
        case .silence: .lost(Self.timeout)
        }
    }

    package func refunds(of charge: String, _ order: Order) async -> [ListedRefund]? {
        let answer = await perform(.refundStatus, order, key: "") { state -> [ListedRefund] in
            state.byHand.filter { $0.charge == charge }.map(\.refund)
        }
        guard case .value(let refunds) = answer else { return nil }
        return refunds
    }

    package func charge(_ token: String, _ order: Order, prepared: String, key: String) async -> Outcome {
        let (name, isPrepared) = (name, preparesCharges)
        let answer = await perform(.charge, order, key: key) { state -> Outcome in
            if isPrepared { return state.carryOut(prepared, name) }
            if let known = state.captures[key] { return known }
            let outcome = state.charge(token, order.payment, order.amount, name)
            state.captures[key] = outcome
            return outcome
        }
        return switch answer {
        case .value(let outcome): outcome
        case .unsent: .notExecuted(Self.unreachable)
        case .silence: .unknown("No answer came.")
        }
    }

    package func owner(of reference: String, _ account: Account) async throws(Untold) -> PaymentHash? {
        let (fate, payment) = books.withState { state in
            let count = state.records.count { $0.call == .status }
            let taken = state.taken.first { $0.reference == reference }
            return (state.fate(.status, count), taken?.payment)
        }
        guard case .answered = fate else { throw Untold() }
        return payment
    }

    package func forget(_ token: String, _ account: Account) async -> Bool { true }
    package func list(since time: Timestamp, _ account: Account) async -> [ListedCharge]? { nil }
    package func test(_ account: Account) async -> String? { nil }

    package func readEvent(_ request: Request, _ account: Account, now: Timestamp) throws(NoticeError) -> Notice {
        throw .unsigned
    }
}
