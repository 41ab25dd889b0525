import JSON
import Runtime

/// One command of the program: how it is called, what help says, what it does.
struct Command: Sendable {
    /// Something that stands alone on the line, such as the identifier to update.
    struct Operand: Sendable {
        /// In lower case; it names the argument of the operation.
        let name: String
        let about: String
    }

    /// What a command prints when it is done.
    struct Answer: Sendable {
        let json: JSONObject
        /// For people; nil to lay out `json`.
        var text: String?
    }

    enum Action: Sendable {
        /// Needs no data.
        case local(@Sendable (Arguments) throws(CommandFailure) -> Answer)
        /// Works on the data: inside the server where one runs, else directly.
        case operation(Operation)
        /// Looks at the world outside the data and ends with an exit code of its own.
        case diagnosis(
            @Sendable (Arguments, Doors) async throws(CommandFailure) -> (answer: Answer, exitCode: Int32))
        case serve
        case demo
        /// Writes a backup with the rights of whoever calls, not of the data's owner.
        case backup
        case checkBackup
        case restore
        case repair
    }

    /// Such as `["app", "create"]`.
    let words: [String]
    let summary: String
    var operands: [Operand] = []
    let options: [CommandOption]
    /// More lines for help.
    var notes: [String] = []
    let action: Action

    var name: String { words.joined(separator: " ") }

    func option(_ name: String) -> CommandOption? {
        options.first { $0.name == name }
    }
}
