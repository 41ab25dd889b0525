/// What `--help` prints.
enum HelpText {
    private static let width = 100

    static func overview(_ commands: [Command]) -> String {
        var text =
            "CentralPay \(Version.current): one binary that takes payments.\n\nUsage: centralpay COMMAND [options]\n\n"
        let names = commands.map(\.name)
        let column = (names.map(\.count).max() ?? 0) + 4
        for (command, name) in zip(commands, names) {
            text += "  " + padded(name, to: column - 2) + command.summary + "\n"
        }
        text += """

            centralpay COMMAND --help tells more. Options win over the environment (CENTRALPAY_DATA for --data, and
            so on), which wins over --config FILE. Exit codes: 0 done, 1 failed, 2 wrong usage.

            """
        return text
    }

    static func of(_ command: Command) -> String {
        var usage = "Usage: centralpay \(command.name)"
        for operand in command.operands { usage += " " + operand.name.uppercased() }
        for option in command.options where option.isRequired {
            usage += " --\(option.name) \(option.placeholder ?? "")"
        }
        usage += " [options]\n\n"
        var text = command.summary + "\n\n" + usage
        var rows = command.operands.map { ($0.name.uppercased(), $0.about) }
        rows += command.options.map { option in
            ("--\(option.name)" + (option.placeholder.map { " " + $0 } ?? ""), option.about)
        }
        let column = min(34, (rows.map(\.0.count).max() ?? 0) + 4)
        for (name, about) in rows {
            var lines = wrapped(about, to: width - column)
            if name.count + 4 > column {
                text += "  " + name + "\n"
            } else {
                text += "  " + padded(name, to: column - 2) + (lines.isEmpty ? "" : lines.removeFirst()) + "\n"
            }
            for line in lines { text += String(repeating: " ", count: column) + line + "\n" }
        }
        if !command.notes.isEmpty { text += "\n" + command.notes.joined(separator: "\n") + "\n" }
        return text
    }

    private static func padded(_ text: String, to count: Int) -> String {
        text + String(repeating: " ", count: max(0, count - text.count))
    }

    private static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
