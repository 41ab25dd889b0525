import Billing
import Fields
import Storage

/// The filters of `GET /subscription-plans`.
struct PlanFilter: Record {
    var status: PlanStatus?

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("status", &status)
    }

    /// Plans are kept in order of their creation, within their status too.
    func plan(_ application: ApplicationID) -> ListPlan<Plan, Plan> {
        let show: @Sendable (Plan, Snapshot) -> Plan = { plan, _ in plan }
        guard let status else { return ListPlan(Plan.byApplication, prefix: Key(application), show: show) }
        return ListPlan(Plan.byStatus, prefix: Key(application, status.rawValue), show: show)
    }
}
