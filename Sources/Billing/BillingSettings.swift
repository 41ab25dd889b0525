package import Fields

/// What becomes of a subscription when the last try to collect has failed.
package enum AfterDunning: String, Choice {
    case cancel
    case pastDue = "past_due"
    case pause
}

/// What becomes of a subscription whose trial ends without a card.
package enum AfterTrial: String, Choice {
    /// It is billed, and waits with an open invoice and a link.
    case pastDue = "past_due"
    case cancel, pause
}

/// How an application's subscriptions are billed and collected.
package struct BillingSettings: Record, Equatable {
    /// Days after the first failure at which collection is tried again, ascending, 1 to 60; at most 10 of them.
    package var dunningDays: [Int64] = [1, 3, 5, 7]
    /// Whether the first failure is the last: an empty list of days cannot be stored.
    private var hasNoDunning = false
    package var afterDunning = AfterDunning.cancel
    package var afterTrial = AfterTrial.pastDue
    /// Days until an invoice is due that is sent to the customer, 1 to 365.
    package var daysUntilDue: Int64 = 30

    package init() {}
    package static var schemaName: StaticString { "BillingSettings" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(
            1, "dunning_days", &dunningDays, "Days after the first failure at which collection is tried again.")
        try visitor.field(2, "no_dunning", &hasNoDunning, "The first failure is the last.")
        try visitor.field(3, "after_dunning", &afterDunning)
        try visitor.field(4, "trial_end_without_card", &afterTrial)
        try visitor.field(5, "days_until_due", &daysUntilDue)
    }

    /// The days of further tries; empty when the first failure is the last.
    package var retryDays: [Int64] {
        get { hasNoDunning ? [] : dunningDays }
        set {
            hasNoDunning = newValue.isEmpty
            if !newValue.isEmpty { dunningDays = newValue }
        }
    }

    /// These settings, or every issue they have.
    package func checked() throws(Refusal) -> BillingSettings {
        var issues = InputIssues()
        let isAscending = zip(dunningDays, dunningDays.dropFirst()).allSatisfy { $0 < $1 }
        if dunningDays.count > 10 || !isAscending || !dunningDays.allSatisfy({ (1...60).contains($0) }) {
            issues.add("dunning_days", "out_of_range", "Give at most 10 ascending days from 1 to 60.")
        }
        if !(1...365).contains(daysUntilDue) {
            issues.add("days_until_due", "out_of_range", "Give 1 to 365 days.")
        }
        guard issues.issues.isEmpty else { throw .invalid(issues.issues) }
        return self
    }
}
