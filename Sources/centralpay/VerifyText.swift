import Billing
import JSON

/// What checks of a store or a backup found, as JSON and for people.
enum VerifyText {
    static func members(of invariants: Invariants?) -> [(name: String, value: JSONValue)] {
        func count(_ value: Int64) -> JSONValue { .number(JSONNumber(value)) }
        guard let invariants else { return [("findings", .array([]))] }
        var findings = invariants.findings
        if invariants.findingCount > findings.count {
            findings.append("\(invariants.findingCount - findings.count) more")
        }
        return [
            ("applications", count(Int64(invariants.applicationCount))),
            ("payments", count(Int64(invariants.paymentCount))), ("events", count(invariants.eventCount)),
            ("audit_entries", count(invariants.auditEntryCount)),
            ("findings", .array(findings.map { .string($0) })),
        ]
    }

    /// A line for each member, and one for each finding.
    static func text(_ answer: JSONObject) -> String {
        var text = TextReport.text(of: JSONObject(answer.members.filter { $0.name != "findings" }))
        guard case .array(let findings)? = answer["findings"] else { return text }
        for case .string(let finding) in findings { text += "finding: \(finding)\n" }
        return text
    }
}
