import Billing
import JSON

/// The options of commands that say how an application's subscriptions are billed and collected.
struct BillingOptions: Sendable {
    static let options: [CommandOption] = [
        .value(
            "dunning", "DAYS,…",
            "Days after the first failure at which collection is tried again, or none. "
                + "Default 1,3,5,7."),
        .value(
            "after-dunning", "cancel|past_due|pause",
            "What becomes of a subscription after the last try. "
                + "Default cancel."),
        .value(
            "trial-end-without-card", "past_due|cancel|pause",
            "What becomes of a trial that ends without a card. "
                + "Default past_due."),
        .value("days-until-due", "N", "Days until an invoice is due that is sent. Default 30."),
    ]

    private var dunningDays: [Int64]?
    private var afterDunning: AfterDunning?
    private var afterTrial: AfterTrial?
    private var daysUntilDue: Int64?

    /// - Throws: `usage` for what is no such value; limits are the domain's.
    init(_ input: OperationInput) throws(CommandFailure) {
        if let list = input.list("dunning") {
            var days: [Int64] = []
            for word in list {
                guard let day = Int64(word) else {
                    throw .usage("--dunning is a list of days such as 1,3,5,7, or none")
                }
                days.append(day)
            }
            dunningDays = days
        }
        afterDunning = try Self.choice("after-dunning", input)
        afterTrial = try Self.choice("trial-end-without-card", input)
        daysUntilDue = try input.integer("days-until-due")
    }

    private static func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String, _ input: OperationInput
    ) throws(CommandFailure) -> Value? where Value.RawValue == String {
        guard let text = input.text(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            throw .usage("--\(name) is one of " + Value.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return value
    }

    /// `settings` with what was given; nil when nothing was.
    func applied(to settings: BillingSettings) -> BillingSettings? {
        guard dunningDays != nil || afterDunning != nil || afterTrial != nil || daysUntilDue != nil else { return nil }
        var settings = settings
        if let dunningDays { settings.retryDays = dunningDays }
        if let afterDunning { settings.afterDunning = afterDunning }
        if let afterTrial { settings.afterTrial = afterTrial }
        if let daysUntilDue { settings.daysUntilDue = daysUntilDue }
        return settings
    }

    /// As `app list` shows them.
    static func members(of settings: BillingSettings) -> [(name: String, value: JSONValue)] {
        [
            ("dunning", .array(settings.retryDays.map { .number(JSONNumber($0)) })),
            ("after_dunning", .string(settings.afterDunning.rawValue)),
            ("trial_end_without_card", .string(settings.afterTrial.rawValue)),
            ("days_until_due", .number(JSONNumber(settings.daysUntilDue))),
        ]
    }
}
