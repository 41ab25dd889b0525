package import Billing
import JSON

/// Taking money, and asking what became of it.
extension PayPalGateway {
    package func capture(
        _ session: String, _ order: Order, with instrument: Instrument, key: String
    ) async -> Outcome {
        switch instrument {
        case .approval: break
        case .refusal:
            return .declined(
                Failure("buyer_cancelled", "The buyer cancelled at PayPal.", gatewayCode: "buyer_cancelled", .issuer))
        case .card:
            return .notExecuted(
                Failure("instrument_not_supported", "PayPal takes no cards from this server.", .configuration))
        }
        if let setup = PayPalName.setupToken(session) { return await exchange(setup, order, key: key) }
        guard PayPalName.isSafe(session) else { return Self.noSession }
        return await take(PayPalRequests.capture(session, key: key), session, order)
    }

    package func charge(_ token: String, _ order: Order, prepared: String, key: String) async -> Outcome {
        guard PayPalName.isSafe(prepared) else { return Self.noSession }
        guard PayPalName.isSafe(token) else {
            return .notExecuted(Failure("payment_method_unavailable", "The saved method has no name.", .gateway))
        }
        return await take(PayPalRequests.charge(prepared, token: token, key: key), prepared, order)
    }

    private static var noSession: Outcome {
        .notExecuted(Failure("session_not_found", "PayPal has no such order.", .configuration))
    }

    /// Makes the call that moves the money of an order.
    private func take(_ request: WireRequest, _ id: String, _ order: Order) async -> Outcome {
        switch await perform(request, order.account) {
        case .notSent(let failure): return .notExecuted(failure)
        case .unclear(let reason): return .unknown(reason)
        case .done(let object):
            if let outcome = Self.proven(PayPalOrder(object), id, order) { return outcome }
            // A success without the money in it; the order tells.
            if case .order(let read) = await readOrder(id, order.account),
                let outcome = Self.proven(read, id, order)
            {
                return outcome
            }
            return .unknown("PayPal's answer does not tell what was taken.")
        case .refused(let refusal):
            if let outcome = refusal.outcome(approvalURL: Self.approvalURL(of: id, order)) {
                guard case .requiresAction = outcome, refusal.actionURL == nil else { return outcome }
                // The order knows where the buyer acts.
                if case .order(let read) = await readOrder(id, order.account), let url = read.actionURL {
                    return .requiresAction(url: url)
                }
                return outcome
            }
            return await afterRefusal(refusal, id, order)
        }
    }

    /// What an answer about an order proves after a call that moves money; nil for one that leaves it open.
    private static func proven(_ read: PayPalOrder?, _ id: String, _ order: Order) -> Outcome? {
        guard let read, read.id == id else { return nil }
        let outcome = read.outcome(keepsMethod: order.savesMethod, approvalURL: approvalURL(of: id, order))
        return switch outcome {
        case .succeeded, .settling, .declined, .requiresAction: outcome
        case .approved, .notExecuted, .unknown: nil
        }
    }

    /// PayPal says that something happened before, or that the order is gone: the order tells.
    private func afterRefusal(_ refusal: PayPalRefusal, _ id: String, _ order: Order) async -> Outcome {
        switch await readOrder(id, order.account) {
        case .unclear(let reason): return .unknown(reason)
        case .missing:
            return refusal.meaning == .missing
                ? .notExecuted(refusal.failure) : .unknown("PayPal says both that it took money and that it did not.")
        case .order(let read):
            switch read.outcome(keepsMethod: order.savesMethod, approvalURL: Self.approvalURL(of: id, order)) {
            case let outcome where refusal.meaning == .missing:
                return outcome == .approved ? .unknown("PayPal did not find an order that it shows.") : outcome
            case .succeeded(let charge): return .succeeded(charge)
            case .settling: return .settling
            case .declined(let failure): return .declined(failure)
            case .requiresAction, .approved, .notExecuted, .unknown:
                return .unknown("PayPal answered \(refusal.issue): another order of this payment may have been paid.")
            }
        }
    }

    package func status(_ session: String, _ order: Order, key: String) async -> Outcome {
        if let setup = PayPalName.setupToken(session) { return await setupStatus(setup, order, key: key) }
        guard PayPalName.isSafe(session) else { return .unknown("The session has no name of PayPal's.") }
        switch await readOrder(session, order.account) {
        case .order(let read):
            return read.outcome(
                keepsMethod: order.savesMethod, approvalURL: Self.approvalURL(of: session, order))
        case .missing:
            return .notExecuted(
                Failure("session_expired", "PayPal does not know this order any more.", .gateway))
        case .unclear(let reason): return .unknown(reason)
        }
    }

    /// An order cannot be expired. One that waits for the buyer is left behind and never captured; one that only this
    /// server could have paid is out of the way.
    package func cancel(_ session: String, _ order: Order) async -> ExpiryOutcome {
        // A method that is left all the same is not kept, and no money moves.
        guard PayPalName.setupToken(session) == nil, PayPalName.isSafe(session) else { return .expired }
        switch await readOrder(session, order.account) {
        case .order(let read): return read.expiry
        case .missing: return .expired
        case .unclear(let reason): return .unknown(reason)
        }
    }

    /// What reading an object brought.
    enum Reading<Object: Sendable>: Sendable {
        case order(Object)
        case missing
        case unclear(String)
    }

    func readOrder(_ id: String, _ account: Account) async -> Reading<PayPalOrder> {
        await read(PayPalRequests.order(id), account) { object in
            guard let order = PayPalOrder(object), order.id == id else { return nil }
            return order
        }
    }

    func read<Object: Sendable>(
        _ request: WireRequest, _ account: Account, _ make: (JSONObject) -> Object?
    ) async -> Reading<Object> {
        switch await perform(request, account) {
        case .done(let object): make(object).map { .order($0) } ?? .unclear("PayPal's answer cannot be read.")
        case .notSent(let failure): .unclear(failure.message)
        case .unclear(let reason): .unclear(reason)
        case .refused(let refusal):
            refusal.meaning == .missing ? .missing : .unclear("PayPal answered \(refusal.issue).")
        }
    }

    package func owner(of reference: String, _ account: Account) async throws(Untold) -> PaymentHash? {
        guard PayPalName.isSafe(reference), PayPalName.setupToken(reference) == nil else { return nil }
        switch await readOrder(reference, account) {
        case .order(let order): return order.owner?.payment
        case .unclear: throw Untold()
        case .missing: break
        }
        switch await readCapture(reference, account) {
        case .order(let capture): return capture.owner?.payment
        case .unclear: throw Untold()
        case .missing: return nil
        }
    }
}
