import JSON

/// What one check of the doctor found.
struct Finding: Sendable {
    enum State: String, Sendable {
        case ok
        /// Works, and will not for long or not for all.
        case warning
        case failed
    }

    let state: State
    /// What was looked at, in one word or two.
    let subject: String
    /// One sentence.
    let detail: String
    /// The command, or the act, that mends it.
    var fix: String?

    var json: JSONValue {
        .object(
            JSONObject([
                ("state", .string(state.rawValue)), ("check", .string(subject)), ("detail", .string(detail)),
                ("fix", fix.map(JSONValue.string) ?? .null),
            ]))
    }

    /// For people: a line, and below it what mends it.
    var text: String {
        let mark = state.rawValue + String(repeating: " ", count: 8 - state.rawValue.count)
        let name = subject + String(repeating: " ", count: max(1, 13 - subject.count))
        return "\(mark) \(name) \(detail)\n" + (fix.map { "         to mend it:   \($0)\n" } ?? "")
    }
}
