import Billing

/// The refusal meant in these tests is that of the domain.
typealias Refusal = Billing.Refusal
