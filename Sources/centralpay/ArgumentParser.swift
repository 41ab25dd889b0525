import Platform
import Runtime

/// Reads the command line.
struct ArgumentParser {
    enum Outcome {
        case run(Arguments)
        /// Help was asked for: print this and end well.
        case help(String)
    }

    let commands: [Command]
    let environment: @Sendable (String) -> String?
    let files: any FileSystem

    func parse(_ words: [String]) throws(CommandFailure) -> Outcome {
        if words.isEmpty || words == ["--help"] || words == ["-h"] || words == ["help"] {
            return .help(HelpText.overview(commands))
        }
        var words = words
        if words[0] == "help" { words = Array(words.dropFirst()) + ["--help"] }
        if words[0] == "--version" { words[0] = "version" }
        guard let command = command(words) else {
            let group = commands.filter { $0.words.count > 1 && $0.words[0] == words[0] }
            guard !group.isEmpty else {
                throw .usage("unknown command \(words[0]); see centralpay --help")
            }
            if words.count == 1 || words[1] == "--help" || words[1] == "-h" {
                if words.count == 1 {
                    let names = group.map(\.words[1]).joined(separator: ", ")
                    throw .usage("centralpay \(words[0]) needs one of: \(names)")
                }
                return .help(HelpText.overview(group))
            }
            throw .usage("unknown command \(words[0]) \(words[1]); see centralpay \(words[0]) --help")
        }
        return try parse(Array(words.dropFirst(command.words.count)), of: command)
    }

    private func command(_ words: [String]) -> Command? {
        // One may begin with the words of another.
        commands.filter { $0.words.elementsEqual(words.prefix($0.words.count)) }.max { $0.words.count < $1.words.count }
    }

    private func parse(_ words: [String], of command: Command) throws(CommandFailure) -> Outcome {
        var values: [String: String] = [:]
        var operands: [String] = []
        var index = 0
        var isOptionsOver = false
        while index < words.count {
            let word = words[index]
            index += 1
            if word == "--", !isOptionsOver {
                isOptionsOver = true
                continue
            }
            guard word.hasPrefix("-"), word != "-", !isOptionsOver else {
                operands.append(word)
                continue
            }
            if word == "--help" || word == "-h" { return .help(HelpText.of(command)) }
            let (name, attached) = Self.split(word)
            guard let option = command.option(name) else {
                throw .usage("unknown option \(word); see centralpay \(command.name) --help")
            }
            let earlier = values[name]
            guard earlier == nil || option.isRepeatable else { throw .usage("--\(name) is given twice") }
            if option.placeholder == nil {
                guard attached == nil else { throw .usage("--\(name) takes no value") }
                values[name] = ""
            } else if let attached {
                values[name] = attached
            } else {
                // A value that begins with dashes is given as --name=value.
                guard index < words.count, !words[index].hasPrefix("--") else {
                    throw .usage("--\(name) needs a value: --\(name) \(option.placeholder ?? "")")
                }
                values[name] = words[index]
                index += 1
            }
            if let earlier, let value = values[name] { values[name] = "\(earlier),\(value)" }
        }
        try check(operands, of: command)
        let arguments = Arguments(
            command: command, values: values, operands: operands, environment: environment,
            configuration: try configuration(values, command))
        for option in command.options where option.isRequired && arguments.value(option.name) == nil {
            throw .usage(
                "--\(option.name) \(option.placeholder ?? "") is missing; see centralpay \(command.name) --help")
        }
        return .run(arguments)
    }

    private func check(_ operands: [String], of command: Command) throws(CommandFailure) {
        if operands.count < command.operands.count {
            let missing = command.operands[operands.count].name.uppercased()
            throw .usage("\(missing) is missing; see centralpay \(command.name) --help")
        }
        if operands.count > command.operands.count {
            throw .usage(
                "unexpected \(operands[command.operands.count]); see centralpay \(command.name) --help")
        }
    }

    private func configuration(
        _ values: [String: String], _ command: Command
    ) throws(CommandFailure) -> ConfigurationFile? {
        guard command.option("config") != nil,
            let path = values["config"] ?? environment(CommandOption.config.variable)
        else { return nil }
        // A file serves all commands: whatever is a setting of any of them may stand in it.
        let known = Set(commands.flatMap(\.options).filter { $0.isSetting && $0.name != "config" }.map(\.name))
        return try ConfigurationFile(path: path, knownNames: known, files: files)
    }

    /// `--name=value` in its parts.
    private static func split(_ word: String) -> (name: String, value: String?) {
        let body = word.drop { $0 == "-" }
        guard word.hasPrefix("--"), let mark = body.firstIndex(of: "=") else {
            return (word.hasPrefix("--") ? String(body) : word, nil)
        }
        return (String(body[..<mark]), String(body[body.index(after: mark)...]))
    }
}
