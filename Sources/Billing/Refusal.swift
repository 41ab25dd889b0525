package import Fields

/// Why a request was refused: what clients match on, and what a person reads. Nothing was changed.
package struct Refusal: Error, Sendable, Equatable {
    /// The stable code; renaming one breaks clients.
    package enum Code: String, Sendable, CaseIterable {
        case invalidJSON = "invalid_json"
        case bodyRequired = "body_required"
        case invalidParameter = "invalid_parameter"
        case unsupportedMediaType = "unsupported_media_type"
        case payloadTooLarge = "payload_too_large"
        case missingCredentials = "missing_credentials"
        case invalidCredentials = "invalid_credentials"
        case timestampOutOfRange = "timestamp_out_of_range"
        case paymentDeclined = "payment_declined"
        case paymentMethodRequired = "payment_method_required"
        case insufficientScope = "insufficient_scope"
        case addressNotAllowed = "ip_not_allowed"
        case signatureVersionRequired = "signature_version_required"
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        case invalidState = "invalid_state"
        case paymentInFlight = "payment_in_flight"
        case invoiceOpen = "invoice_open"
        case requestReplayed = "request_replayed"
        case idempotencyInProgress = "idempotency_in_progress"
        case alreadyExists = "already_exists"
        case validationFailed = "validation_failed"
        case idempotencyKeyReused = "idempotency_key_reused"
        case rateLimited = "rate_limited"
        case internalError = "internal_error"
        case unavailable = "unavailable"
        case storageFull = "storage_full"

        /// The HTTP status of the answer.
        package var status: Int {
            switch self {
            case .invalidJSON, .bodyRequired, .invalidParameter: 400
            case .missingCredentials, .invalidCredentials, .timestampOutOfRange: 401
            case .paymentDeclined, .paymentMethodRequired: 402
            case .insufficientScope, .addressNotAllowed, .signatureVersionRequired: 403
            case .notFound: 404
            case .methodNotAllowed: 405
            case .invalidState, .paymentInFlight, .invoiceOpen, .requestReplayed, .idempotencyInProgress,
                .alreadyExists:
                409
            case .payloadTooLarge: 413
            case .unsupportedMediaType: 415
            case .validationFailed, .idempotencyKeyReused: 422
            case .rateLimited: 429
            case .internalError: 500
            case .unavailable: 503
            case .storageFull: 507
            }
        }
    }

    package let code: Code
    /// Says what to do.
    package let message: String
    /// All validation issues at once; empty for other codes.
    package let issues: [FieldIssue]
    /// Seconds after which the same request may succeed, where that is known.
    package let retryAfterSeconds: Int?

    package init(_ code: Code, _ message: String, issues: [FieldIssue] = [], retryAfterSeconds: Int? = nil) {
        self.code = code
        self.message = message
        self.issues = issues
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// `validation_failed` with its issues.
    package static func invalid(_ issues: [FieldIssue]) -> Refusal {
        Refusal(.validationFailed, "Some fields are not valid; errors names each.", issues: issues)
    }

    /// `validation_failed` for one field.
    package static func invalid(_ field: String, _ code: String, _ message: String) -> Refusal {
        invalid([FieldIssue(field: field, code: code, message: message)])
    }

    /// `payment_declined` with the decline; nothing was changed.
    package static func declined(_ failure: Failure?) -> Refusal {
        let failure = failure ?? Failure("declined", "The charge took nothing.", .gateway)
        return Refusal(
            .paymentDeclined, "The payment was declined and nothing was changed; ask for another payment method.",
            issues: [FieldIssue(field: "payment_method_id", code: failure.code, message: failure.message)])
    }

    package static func notFound(_ what: String) -> Refusal {
        Refusal(.notFound, "There is no such \(what) in this application.")
    }
}
