/// One option of a command, such as `--listen ADDR:PORT`.
struct CommandOption: Sendable {
    /// Without the dashes.
    let name: String
    /// What stands for the value in help, such as `ADDR:PORT`; nil for a flag that has none.
    let placeholder: String?
    let about: String
    /// Whether the value names a file whose bytes go to the operation.
    var isFile = false
    var isRequired = false
    /// Whether the environment and the configuration file may give it too.
    var isSetting = false
    /// Whether it may stand several times; its values are then joined with commas.
    var isRepeatable = false

    /// An option with a value.
    static func value(_ name: String, _ placeholder: String, _ about: String) -> CommandOption {
        CommandOption(name: name, placeholder: placeholder, about: about)
    }

    /// An option with a value that the command cannot do without.
    static func required(_ name: String, _ placeholder: String, _ about: String) -> CommandOption {
        CommandOption(name: name, placeholder: placeholder, about: about, isRequired: true)
    }

    /// An option with a value that can also come from `CENTRALPAY_NAME` or from the configuration file.
    static func setting(_ name: String, _ placeholder: String, _ about: String) -> CommandOption {
        CommandOption(name: name, placeholder: placeholder, about: about, isSetting: true)
    }

    /// A setting that may be given several times, or once with commas.
    static func list(_ name: String, _ placeholder: String, _ about: String) -> CommandOption {
        CommandOption(name: name, placeholder: placeholder, about: about, isSetting: true, isRepeatable: true)
    }

    /// An option whose value names a file to read.
    static func file(_ name: String, _ about: String) -> CommandOption {
        CommandOption(name: name, placeholder: "FILE", about: about, isFile: true)
    }

    /// An option that is there or not.
    static func flag(_ name: String, _ about: String) -> CommandOption {
        CommandOption(name: name, placeholder: nil, about: about)
    }

    /// The variable of the environment that gives a setting, such as `CENTRALPAY_PUBLIC_URL`.
    var variable: String {
        "CENTRALPAY_" + name.uppercased().split(separator: "-").joined(separator: "_")
    }

    static let json = flag("json", "Answer with one line of JSON.")
    static let quiet = flag("quiet", "Say nothing about progress.")
    static let config = setting("config", "FILE", "Lines of `option = value`; the environment and options win.")
    static let data = setting("data", "DIR", "The data directory.")
}
