import Billing
import JSON

/// The options of commands that say what an application's customers may do by themselves in the portal.
struct PortalOptions: Sendable {
    static let options: [CommandOption] = [
        .value("portal-cancel", "on|off", "Customers may cancel in the portal. Default on."),
        .value("portal-plan-change", "on|off", "Customers may change their plan in the portal. Default off."),
        .value(
            "portal-plans", "PLAN,…", "The plans they may change to, in this order, or none to offer every active one."),
    ]

    private let allowsCancel: Bool?
    private let allowsPlanChange: Bool?
    private let plans: [String]?

    /// - Throws: `usage` for what is no such value; limits are the domain's.
    init(_ input: OperationInput) throws(CommandFailure) {
        allowsCancel = try input.isOn("portal-cancel")
        allowsPlanChange = try input.isOn("portal-plan-change")
        plans = input.list("portal-plans")
    }

    /// `settings` with what was given; nil when nothing was.
    func applied(to settings: PortalSettings) -> PortalSettings? {
        guard allowsCancel != nil || allowsPlanChange != nil || plans != nil else { return nil }
        var settings = settings
        if let allowsCancel { settings.allowsCancel = allowsCancel }
        if let allowsPlanChange { settings.allowsPlanChange = allowsPlanChange }
        if let plans { settings.plans = plans }
        return settings
    }

    /// As `app list` shows them.
    static func members(of settings: PortalSettings) -> [(name: String, value: JSONValue)] {
        [
            ("portal_cancel", .bool(settings.allowsCancel)),
            ("portal_plan_change", .bool(settings.allowsPlanChange)),
            ("portal_plans", .array(settings.plans.map { .string($0) })),
        ]
    }
}
