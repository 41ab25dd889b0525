import Bytes
import JSON

/// The arguments of an operation: strings by the names of options and operands; flags are empty strings.
struct OperationInput: Sendable {
    let object: JSONObject
    /// Told by long work how many bytes are done, and of how many; from any thread.
    var progress: @Sendable (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }

    init(_ object: JSONObject) {
        self.object = object
    }

    /// - Throws: `failed` when a file that an option names cannot be read.
    init(
        _ arguments: Arguments, readFile: (String) throws(CommandFailure) -> [UInt8]
    ) throws(CommandFailure) {
        var members: [(name: String, value: JSONValue)] = []
        for operand in arguments.command.operands {
            members.append((operand.name, .string(arguments.operand(operand.name))))
        }
        // Where the data is and how to print the answer is the command's own affair.
        for option in arguments.command.options where !["data", "json", "config", "quiet"].contains(option.name) {
            guard let value = arguments.value(option.name) else { continue }
            members.append(
                (option.name, .string(option.isFile ? Base64.encode(try readFile(value)) : value)))
        }
        object = JSONObject(members)
    }

    func text(_ name: String) -> String? {
        guard case .string(let text)? = object[name] else { return nil }
        return text
    }

    func required(_ name: String) throws(CommandFailure) -> String {
        guard let text = text(name) else { throw .usage("--\(name) is missing") }
        return text
    }

    func integer(_ name: String) throws(CommandFailure) -> Int64? {
        guard let text = text(name) else { return nil }
        guard let value = Int64(text) else { throw .usage("--\(name) is a whole number") }
        return value
    }

    /// The parts between commas; an empty list for `none`.
    func list(_ name: String) -> [String]? {
        guard let text = text(name) else { return nil }
        if text.isEmpty || text == "none" { return [] }
        return text.split(separator: ",").map { part in String(part.drop { $0 == " " }) }
    }

    func isOn(_ name: String) throws(CommandFailure) -> Bool? {
        switch text(name) {
        case nil: return nil
        case "on": return true
        case "off": return false
        default: throw .usage("--\(name) is on or off")
        }
    }

    func file(_ name: String) throws(CommandFailure) -> [UInt8]? {
        guard let text = text(name) else { return nil }
        guard let bytes = Base64.decode(text) else { throw .usage("--\(name) cannot be read") }
        return bytes
    }
}
