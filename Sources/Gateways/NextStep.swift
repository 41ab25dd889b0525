package import Billing

/// Where a buyer goes after an act.
package enum NextStep: Sendable, Equatable {
    /// To this address: a gateway's page, or one of our sandbox pages.
    case buyer(url: String)
    /// The payment is settled; its status tells how.
    case completed
    case declined(Failure)
    /// The outcome is not known yet; nobody may pay again.
    case confirming
    /// No gateway could start; nothing was paid.
    case unavailable(Failure)
}
