import Billing
import JSON
import Testing

@testable import Gateways

/// Every listed refusal means what the table says, and nothing else does.
@Suite struct PayPalIssueTests {
    private static func refusal(_ status: Int, _ issue: String) -> PayPalRefusal? {
        let details = JSONValue.array([.object(JSONObject([("issue", .string(issue))]))])
        return PayPalRefusal(
            status: status, JSONObject([("name", .string("UNPROCESSABLE_ENTITY")), ("details", details)]))
    }

    /// What a capture's refusal means, in a word.
    private static func word(_ refusal: PayPalRefusal?) -> String {
        guard let refusal else { return "unproven" }
        switch refusal.outcome(approvalURL: "https://www.paypal.com/") {
        case nil: return "read"
        case .declined(let failure): return "\(failure.isHard ? "final" : "declined") \(failure.code)"
        case .requiresAction: return "action"
        case .notExecuted(let failure):
            return "\(failure.category == .configuration ? "configuration" : "over") \(failure.code)"
        case .unknown: return "unknown"
        case .succeeded, .approved, .settling: return "wrong"
        }
    }

    @Test(
        arguments: [
            (422, "TRANSACTION_REFUSED", "final do_not_try_again"),
            (422, "COMPLIANCE_VIOLATION", "final do_not_try_again"),
            (422, "PAYER_ACCOUNT_LOCKED_OR_CLOSED", "final account_closed"),
            (422, "PAYER_ACCOUNT_RESTRICTED", "final do_not_try_again"),
            (422, "PAYEE_BLOCKED_TRANSACTION", "final fraudulent"),
            (422, "TRANSACTION_BLOCKED_BY_PAYEE", "final fraudulent"),
            (422, "INSTRUMENT_DECLINED", "declined generic_decline"),
            (422, "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING", "declined generic_decline"),
            (422, "PAYMENT_SOURCE_DECLINED_BY_PROCESSOR", "declined generic_decline"),
            (422, "PAYMENT_SOURCE_CANNOT_BE_USED", "declined card_not_supported"),
            (422, "PAYMENT_SOURCE_INFO_CANNOT_BE_VERIFIED", "declined generic_decline"),
            (422, "CARD_EXPIRED", "declined expired_card"),
            (422, "PAYER_CANNOT_PAY", "declined generic_decline"),
            (422, "TRANSACTION_LIMIT_EXCEEDED", "declined card_velocity_exceeded"),
            (422, "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED", "declined card_velocity_exceeded"),
            (422, "AGREEMENT_ALREADY_CANCELLED", "final invalid_account"),
            (422, "BILLING_AGREEMENT_NOT_FOUND", "final invalid_account"),
            (404, "TOKEN_ID_NOT_FOUND", "final invalid_account"),
            (422, "TOKEN_EXPIRED", "final invalid_account"),
            (422, "ORDER_NOT_APPROVED", "action"),
            (422, "PAYER_ACTION_REQUIRED", "action"),
            (409, "PREVIOUS_REQUEST_IN_PROGRESS", "unknown"),
            (422, "ORDER_COMPLETION_IN_PROGRESS", "unknown"),
            (422, "DOMESTIC_TRANSACTION_REQUIRED", "over transaction_not_allowed"),
            (422, "TRANSACTION_RECEIVING_LIMIT_EXCEEDED", "over gateway_limit_exceeded"),
            (422, "INVALID_CURRENCY_CODE", "over currency_not_supported"),
            (400, "MAX_VALUE_EXCEEDED", "over amount_not_supported"),
            (422, "ORDER_ALREADY_CAPTURED", "read"),
            (422, "DUPLICATE_INVOICE_ID", "read"),
            (422, "CAPTURE_FULLY_REFUNDED", "read"),
            (401, "invalid_client", "configuration gateway_misconfigured"),
            (403, "PERMISSION_DENIED", "configuration gateway_misconfigured"),
            (403, "CONSENT_NEEDED", "configuration gateway_misconfigured"),
            (422, "INVALID_ACCOUNT_STATUS", "configuration gateway_misconfigured"),
            (422, "PAYEE_ACCOUNT_INVALID", "configuration gateway_misconfigured"),
            (422, "PAYEE_ACCOUNT_LOCKED_OR_CLOSED", "configuration gateway_misconfigured"),
            (422, "PAYEE_ACCOUNT_RESTRICTED", "configuration gateway_misconfigured"),
            (422, "NOT_ENABLED_TO_VAULT_PAYMENT_SOURCE", "configuration gateway_misconfigured"),
            (422, "DECIMAL_PRECISION", "configuration gateway_misconfigured"),
            (422, "AMOUNT_MISMATCH", "configuration gateway_misconfigured"),
            (422, "REFUND_NOT_ALLOWED", "unknown"),
            (422, "REFUND_TIME_LIMIT_EXCEEDED", "unknown"),
            (422, "REFUND_AMOUNT_EXCEEDED", "unknown"),
            (422, "PARTIAL_REFUND_NOT_ALLOWED", "unknown"),
            (422, "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK", "unknown"),
            (422, "REFUND_FAILED_INSUFFICIENT_FUNDS", "unknown"),
            (422, "PENDING_CAPTURE", "unknown"),
            // What stands in no table.
            (422, "SOMETHING_NEW", "declined generic_decline"),
            (400, "SOMETHING_NEW", "configuration gateway_misconfigured"),
            (403, "SOMETHING_NEW", "configuration gateway_misconfigured"),
            (401, "SOMETHING_NEW", "configuration gateway_misconfigured"),
            (404, "SOMETHING_NEW", "read"),
            (409, "SOMETHING_NEW", "unknown"),
            (429, "RATE_LIMIT_REACHED", "over gateway_rate_limited"),
            (408, "SOMETHING_NEW", "unproven"),
            (500, "INTERNAL_SERVER_ERROR", "unproven"),
            (503, "SERVICE_UNAVAILABLE", "unproven"),
            (302, "MOVED", "unproven"),
        ] as [(Int, String, String)])
    func `a refused capture`(status: Int, issue: String, meaning: String) {
        #expect(Self.word(Self.refusal(status, issue)) == meaning)
    }

    @Test func `no decline lets the next gateway try, listed or not`() {
        for issue in PayPalIssue.table.map(\.name) + ["SOMETHING_NEW", ""] {
            guard case .declined(let failure)? = Self.refusal(422, issue)?.outcome(approvalURL: "") else { continue }
            #expect(!failure.allowsNextGateway, "\(issue)")
        }
    }

    @Test func `every listed issue stands in the table once`() {
        let names = PayPalIssue.table.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.count == 47)
    }

    @Test(
        arguments: [
            ("REFUND_NOT_ALLOWED", "failed refund_not_allowed"),
            ("REFUND_TIME_LIMIT_EXCEEDED", "failed refund_time_limit_exceeded"),
            ("REFUND_AMOUNT_EXCEEDED", "failed refund_amount_exceeded"),
            ("PARTIAL_REFUND_NOT_ALLOWED", "failed partial_refund_not_allowed"),
            ("REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK", "failed charge_disputed"),
            ("REFUND_FAILED_INSUFFICIENT_FUNDS", "later refund_not_possible_yet"),
            ("PENDING_CAPTURE", "later refund_not_possible_yet"),
            ("CAPTURE_FULLY_REFUNDED", "read"), ("PREVIOUS_REQUEST_IN_PROGRESS", "unknown"),
            ("PERMISSION_DENIED", "later gateway_misconfigured"), ("SOMETHING_NEW", "failed refund_refused"),
        ] as [(String, String)])
    func `a refused refund`(issue: String, meaning: String) {
        let word =
            switch Self.refusal(422, issue)?.refundOutcome {
            case nil: "read"
            case .failed(let failure): "failed \(failure.code)"
            case .notExecuted(let failure): "later \(failure.code)"
            case .unknown: "unknown"
            case .succeeded, .pending: "wrong"
            }
        #expect(word == meaning)
    }

    @Test(arguments: [400, 403, 404, 409, 422])
    func `a page that is no answer of PayPal proves nothing`(status: Int) {
        #expect(PayPalRefusal(status: status, nil) == nil)
        #expect(PayPalRefusal(status: status, JSONObject()) == nil)
    }
}
