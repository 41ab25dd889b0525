/// What a refusal of PayPal's means for the payment. The table is data: ``PayPalIssue/table``.
struct PayPalIssue: Sendable {
    enum Meaning: Sendable, Equatable {
        /// The buyer's account or the seller's rules said no. Never the next gateway by itself.
        case declined(String)
        /// The buyer must go to PayPal.
        case requiresAction
        /// The same call is to be made again later, at PayPal: the first may be under way.
        case busy
        /// Refused before execution, for reasons of this gateway alone: the next one may try.
        case failsOver(String)
        /// Something happened before: the object tells.
        case read
        /// Refused before execution, and the operator must act.
        case configuration
        /// A refund that will never be made.
        case refundFinal(String)
        /// A refund that can be made later.
        case refundLater
    }

    let name: String
    let meaning: Meaning

    /// The meaning of an issue; nil for one that is not listed.
    static func meaning(of issue: String) -> Meaning? {
        table.first { $0.name == issue }?.meaning
    }

    /// Every issue that is known.
    static let table: [PayPalIssue] = [
        // Declined, and final.
        PayPalIssue(name: "TRANSACTION_REFUSED", meaning: .declined("do_not_try_again")),
        PayPalIssue(name: "COMPLIANCE_VIOLATION", meaning: .declined("do_not_try_again")),
        PayPalIssue(name: "PAYER_ACCOUNT_LOCKED_OR_CLOSED", meaning: .declined("account_closed")),
        PayPalIssue(name: "PAYER_ACCOUNT_RESTRICTED", meaning: .declined("do_not_try_again")),
        PayPalIssue(name: "PAYEE_BLOCKED_TRANSACTION", meaning: .declined("fraudulent")),
        PayPalIssue(name: "TRANSACTION_BLOCKED_BY_PAYEE", meaning: .declined("fraudulent")),
        // Declined; another method may do.
        PayPalIssue(name: "INSTRUMENT_DECLINED", meaning: .declined("generic_decline")),
        PayPalIssue(name: "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING", meaning: .declined("generic_decline")),
        PayPalIssue(name: "PAYMENT_SOURCE_DECLINED_BY_PROCESSOR", meaning: .declined("generic_decline")),
        PayPalIssue(name: "PAYMENT_SOURCE_CANNOT_BE_USED", meaning: .declined("card_not_supported")),
        PayPalIssue(name: "PAYMENT_SOURCE_INFO_CANNOT_BE_VERIFIED", meaning: .declined("generic_decline")),
        PayPalIssue(name: "CARD_EXPIRED", meaning: .declined("expired_card")),
        PayPalIssue(name: "PAYER_CANNOT_PAY", meaning: .declined("generic_decline")),
        PayPalIssue(name: "TRANSACTION_LIMIT_EXCEEDED", meaning: .declined("card_velocity_exceeded")),
        PayPalIssue(name: "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED", meaning: .declined("card_velocity_exceeded")),
        // The saved method is dead.
        PayPalIssue(name: "AGREEMENT_ALREADY_CANCELLED", meaning: .declined("invalid_account")),
        PayPalIssue(name: "BILLING_AGREEMENT_NOT_FOUND", meaning: .declined("invalid_account")),
        PayPalIssue(name: "TOKEN_ID_NOT_FOUND", meaning: .declined("invalid_account")),
        PayPalIssue(name: "TOKEN_EXPIRED", meaning: .declined("invalid_account")),
        // The buyer has to act.
        PayPalIssue(name: "ORDER_NOT_APPROVED", meaning: .requiresAction),
        PayPalIssue(name: "PAYER_ACTION_REQUIRED", meaning: .requiresAction),
        // Again, at this gateway.
        PayPalIssue(name: "PREVIOUS_REQUEST_IN_PROGRESS", meaning: .busy),
        PayPalIssue(name: "ORDER_COMPLETION_IN_PROGRESS", meaning: .busy),
        // Not here.
        PayPalIssue(name: "DOMESTIC_TRANSACTION_REQUIRED", meaning: .failsOver("transaction_not_allowed")),
        PayPalIssue(name: "TRANSACTION_RECEIVING_LIMIT_EXCEEDED", meaning: .failsOver("gateway_limit_exceeded")),
        PayPalIssue(name: "INVALID_CURRENCY_CODE", meaning: .failsOver("currency_not_supported")),
        PayPalIssue(name: "MAX_VALUE_EXCEEDED", meaning: .failsOver("amount_not_supported")),
        // The object tells.
        PayPalIssue(name: "ORDER_ALREADY_CAPTURED", meaning: .read),
        PayPalIssue(name: "DUPLICATE_INVOICE_ID", meaning: .read),
        PayPalIssue(name: "CAPTURE_FULLY_REFUNDED", meaning: .read),
        // The operator must act.
        PayPalIssue(name: "invalid_client", meaning: .configuration),
        PayPalIssue(name: "PERMISSION_DENIED", meaning: .configuration),
        PayPalIssue(name: "CONSENT_NEEDED", meaning: .configuration),
        PayPalIssue(name: "INVALID_ACCOUNT_STATUS", meaning: .configuration),
        PayPalIssue(name: "PAYEE_ACCOUNT_INVALID", meaning: .configuration),
        PayPalIssue(name: "PAYEE_ACCOUNT_LOCKED_OR_CLOSED", meaning: .configuration),
        PayPalIssue(name: "PAYEE_ACCOUNT_RESTRICTED", meaning: .configuration),
        PayPalIssue(name: "NOT_ENABLED_TO_VAULT_PAYMENT_SOURCE", meaning: .configuration),
        PayPalIssue(name: "DECIMAL_PRECISION", meaning: .configuration),
        PayPalIssue(name: "AMOUNT_MISMATCH", meaning: .configuration),
        // Refunds.
        PayPalIssue(name: "REFUND_NOT_ALLOWED", meaning: .refundFinal("refund_not_allowed")),
        PayPalIssue(name: "REFUND_TIME_LIMIT_EXCEEDED", meaning: .refundFinal("refund_time_limit_exceeded")),
        PayPalIssue(name: "REFUND_AMOUNT_EXCEEDED", meaning: .refundFinal("refund_amount_exceeded")),
        PayPalIssue(name: "PARTIAL_REFUND_NOT_ALLOWED", meaning: .refundFinal("partial_refund_not_allowed")),
        PayPalIssue(name: "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK", meaning: .refundFinal("charge_disputed")),
        PayPalIssue(name: "REFUND_FAILED_INSUFFICIENT_FUNDS", meaning: .refundLater),
        PayPalIssue(name: "PENDING_CAPTURE", meaning: .refundLater),
    ]
}
