package import Fields

/// What customers may do by themselves on their own page.
package struct PortalSettings: Record, Equatable {
    /// Whether they may not cancel. A setting that is off is stored as nothing, so the default is what this denies.
    private var refusesCancel = false
    /// Whether they may change to another plan.
    package var allowsPlanChange = false
    /// The plans they may change to, in the order they are shown; empty for every active one in the same currency.
    package var plans: [String] = []

    package init() {}
    package static var schemaName: StaticString { "PortalSettings" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "cancel_not_allowed", &refusesCancel, "Customers may not cancel by themselves.")
        try visitor.field(2, "plan_change", &allowsPlanChange, "Customers may change to another plan.")
        try visitor.field(3, "plans", &plans, "The plans they may change to; none: every active one.")
    }

    /// Whether they may cancel at the end of what was paid for.
    package var allowsCancel: Bool {
        get { !refusesCancel }
        set { refusesCancel = !newValue }
    }

    /// Plans the list may hold.
    package static let planLimit = 50

    /// These settings, or every issue they have.
    package func checked() throws(Refusal) -> PortalSettings {
        var issues = InputIssues()
        if plans.count > Self.planLimit || !plans.allSatisfy({ (1...64).contains($0.utf8.count) }) {
            issues.add("plans", "out_of_range", "Give at most \(Self.planLimit) identifiers of plans.")
        }
        guard issues.issues.isEmpty else { throw .invalid(issues.issues) }
        return self
    }
}
