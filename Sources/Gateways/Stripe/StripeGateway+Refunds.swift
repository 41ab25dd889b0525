package import Billing
import JSON

extension StripeGateway {
    private static func isCharge(_ charge: String) -> Bool {
        StripeName.isValid(charge, StripeName.intent) || StripeName.isValid(charge, StripeName.charge)
    }

    private static let unknownCharge = Failure("charge_not_found", "Stripe has no charge of this name.", .gateway)

    package func refund(_ charge: String, _ amount: Money, _ order: Order, key: String) async -> RefundOutcome {
        guard Self.isCharge(charge) else { return .failed(Self.unknownCharge) }
        guard case .units(let units) = StripeMoney.sent(amount) else {
            return .failed(Failure("amount_not_supported", "Stripe cannot give this amount back.", .gateway))
        }
        switch await call(StripeCalls.refund(charge, units: units, order, key: key), order.account) {
        case .object(let object): return StripeReading.refund(object)
        case .unsent(let failure): return .notExecuted(failure)
        case .lost(let reason): return .unknown(reason)
        case .refused(let error, let verdict):
            switch verdict {
            case .notExecuted(let failure): return .notExecuted(failure)
            case .rateLimited: return .notExecuted(StripeVerdict.turnedAway)
            case .unknown(let reason): return .unknown(reason)
            case .busy: return .unknown("Stripe is still busy with the refund.")
            case .keyReused, .readObject, .declined, .buyerMustAct, .unlisted:
                return await refundRefused(error, isReused: verdict == .keyReused, charge, order, key: key)
            }
        }
    }

    /// A refund that Stripe refused may be one that it made before: those of the charge tell.
    private func refundRefused(
        _ error: StripeError, isReused: Bool, _ charge: String, _ order: Order, key: String
    ) async -> RefundOutcome {
        switch await refundStatus(charge, reference: nil, order, key: key) {
        case .notExecuted where isReused:
            return .unknown("The call's key was used for another call.")
        case .notExecuted:
            let code = error.code == "charge_already_refunded" ? "already_refunded" : "refund_refused"
            return .failed(error.failure(code, "Stripe refused the refund.", .gateway))
        case let found:
            return found
        }
    }

    package func refundStatus(
        _ charge: String, reference: String?, _ order: Order, key: String
    ) async -> RefundOutcome {
        if let reference, StripeName.isValid(reference) {
            guard let object = await read(StripeCalls.refund(reference), order.account),
                object.text("id") == reference
            else { return .unknown("Stripe did not tell what became of the refund.") }
            return StripeReading.refund(object)
        }
        guard let objects = await listRefunds(of: charge, order.account) else {
            return .unknown("Stripe did not list the refunds of the charge.")
        }
        guard let found = objects.first(where: { StripeMark($0).key == key }) else {
            return .notExecuted(Failure("call_not_found", "Stripe knows no such refund.", .gateway))
        }
        return StripeReading.refund(found)
    }

    package func refunds(of charge: String, _ order: Order) async -> [ListedRefund]? {
        guard let objects = await listRefunds(of: charge, order.account) else { return nil }
        var refunds: [ListedRefund] = []
        for object in objects {
            // One that cannot be read makes the whole list wrong.
            guard let refund = StripeReading.listed(object) else { return nil }
            refunds.append(refund)
        }
        return refunds
    }

    private func listRefunds(of charge: String, _ account: Account) async -> [JSONObject]? {
        guard Self.isCharge(charge) else { return nil }
        return await pages(account, limit: 20) { StripeCalls.refunds(of: charge, after: $0) }
    }

    /// Every object of a list, newest first; nil when a page is missing or there are more than `limit` pages.
    func pages(
        _ account: Account, limit: Int, _ request: (String?) -> WireRequest
    ) async -> [JSONObject]? {
        var objects: [JSONObject] = []
        var last: String?
        for _ in 0..<limit {
            guard let page = await read(request(last), account), case .array(let data)? = page["data"],
                let hasMore = page.flag("has_more")
            else { return nil }
            let read = page.objects("data")
            guard read.count == data.count else { return nil }
            objects += read
            guard hasMore else { return objects }
            guard let name = read.last?.text("id"), StripeName.isValid(name), name != last else { return nil }
            last = name
        }
        return nil
    }
}
