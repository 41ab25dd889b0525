import Billing

/// In this module a refusal is the domain's; HTTP's own, for requests its parser refuses, never reaches a handler.
typealias Refusal = Billing.Refusal
