import Billing

/// A call that is not made, because PayPal is known to refuse it.
struct PayPalRefused: Error {
    let failure: Failure

    init(_ failure: Failure) {
        self.failure = failure
    }
}
