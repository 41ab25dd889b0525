package import Billing
import JSON

/// Giving money back.
extension PayPalGateway {
    package func refund(_ charge: String, _ amount: Money, _ order: Order, key: String) async -> RefundOutcome {
        guard PayPalName.isSafe(charge) else {
            return .failed(Failure("charge_not_found", "PayPal has no such capture.", .gateway))
        }
        let request: WireRequest
        do throws(PayPalRefused) {
            request = try PayPalRequests.refund(charge, amount, key: key)
        } catch {
            return .failed(error.failure)
        }
        switch await perform(request, order.account) {
        case .notSent(let failure): return .notExecuted(failure)
        case .unclear(let reason): return .unknown(reason)
        case .done(let object):
            return PayPalRefund(object)?.outcome ?? .unknown("PayPal's answer does not tell what was given back.")
        case .refused(let refusal):
            if let outcome = refusal.refundOutcome { return outcome }
            guard let refunds = await refunds(at: charge, order.account) else {
                return .unknown("PayPal says that nothing is left; the refunds could not be read.")
            }
            if let ours = refunds.first(where: { $0.custom == key }) { return ours.outcome }
            return .failed(
                Failure(
                    "charge_already_refunded", "Everything was given back before.", gatewayCode: refusal.issue, .gateway
                ))
        }
    }

    package func refundStatus(
        _ charge: String, reference: String?, _ order: Order, key: String
    ) async -> RefundOutcome {
        if let reference {
            guard PayPalName.isSafe(reference) else { return .unknown("The refund has no name of PayPal's.") }
            let reading = await read(PayPalRequests.refund(reference), order.account) { PayPalRefund($0) }
            return switch reading {
            case .order(let refund): refund.outcome
            case .missing: .unknown("PayPal does not know a refund that it named.")
            case .unclear(let reason): .unknown(reason)
            }
        }
        guard let refunds = await refunds(at: charge, order.account) else {
            return .unknown("The refunds of the capture could not be read.")
        }
        return refunds.first { $0.custom == key }?.outcome
            ?? .notExecuted(Failure("call_not_found", "PayPal knows no such refund.", .gateway))
    }

    package func refunds(of charge: String, _ order: Order) async -> [ListedRefund]? {
        guard let refunds = await refunds(at: charge, order.account) else { return nil }
        var listed: [ListedRefund] = []
        for refund in refunds {
            guard let amount = refund.amount else { return nil }
            listed.append(
                ListedRefund(
                    reference: refund.id, amount: amount, status: refund.status, failure: refund.failure,
                    key: refund.key))
        }
        return listed
    }

    func readCapture(_ id: String, _ account: Account) async -> Reading<PayPalCapture> {
        await read(PayPalRequests.capture(id), account) { object in
            let capture = PayPalCapture(object)
            return capture.id == id ? capture : nil
        }
    }

    /// The refunds of a capture, which its order lists; nil when that could not be read whole.
    private func refunds(at charge: String, _ account: Account) async -> [PayPalRefund]? {
        guard PayPalName.isSafe(charge), case .order(let capture) = await readCapture(charge, account),
            let id = capture.order, PayPalName.isSafe(id), case .order(let order) = await readOrder(id, account)
        else { return nil }
        let isOnly = order.captures.count == 1
        let refunds = order.refunds.filter { $0.capture == charge || $0.capture == nil && isOnly }
        return refunds.isEmpty && capture.isRefunded ? nil : refunds
    }
}
