/// What a command was given: options first, then the environment, then the configuration file.
struct Arguments: Sendable {
    let command: Command
    private let values: [String: String]
    private let operands: [String]
    private let environment: @Sendable (String) -> String?
    private let configuration: ConfigurationFile?

    init(
        command: Command, values: [String: String], operands: [String],
        environment: @escaping @Sendable (String) -> String?, configuration: ConfigurationFile?
    ) {
        self.command = command
        self.values = values
        self.operands = operands
        self.environment = environment
        self.configuration = configuration
    }

    /// The value of an option of the command; nil when nothing gave it.
    func value(_ name: String) -> String? {
        if let value = values[name] { return value }
        guard let option = command.option(name), option.isSetting else { return nil }
        return environment(option.variable) ?? configuration?[name]
    }

    /// Whether the option stands on the command line itself.
    func isGiven(_ name: String) -> Bool { values[name] != nil }

    /// The operand of that name; empty when the command has none.
    func operand(_ name: String) -> String {
        guard let index = command.operands.firstIndex(where: { $0.name == name }), index < operands.count else {
            return ""
        }
        return operands[index]
    }

    var wantsJSON: Bool { isGiven("json") }
}
