import JSON

/// All commands, in the order of help.
enum CommandList {
    static let all: [Command] = [
        Command(
            words: ["serve"], summary: "Run the server.", options: ServerSettings.options,
            notes: ["One line of JSON on standard output tells when it listens; log lines go to standard error."],
            action: .serve),
        Command(
            words: ["demo"], summary: "Run a demonstration with sandbox gateways on this machine.",
            options: Demo.options, action: .demo),
        on(
            .applicationCreate, "Add a merchant's application with its first key; shows the secrets once.",
            options: [
                .required("name", "NAME", "What buyers read on the checkout page."),
                .required(
                    "mode", "test|live", "Whether it moves real money; test ones start with the sandbox gateways."),
            ] + BillingOptions.options),
        on(
            .applicationUpdate, "Change an application's name, brand or rules.", operands: [applicationOperand],
            options: [
                .value("name", "NAME", "What buyers read on the checkout page."),
                .file("logo", "A PNG, JPEG, WebP or SVG image of at most 256 KiB."),
                .flag("logo-remove", "Show no logo."),
                .value("colour", "#RRGGBB", "The brand colour, or none. It must leave text readable."),
                .value("colour-dark", "#RRGGBB", "The brand colour in dark mode, or none to derive it."),
                .value("require-signature-v2", "on|off", "Accept only signatures over method and path."),
            ] + BillingOptions.options + PortalOptions.options),
        on(.applicationList, "List the applications."),
        on(
            .keyCreate, "Add an API key to an application; shows the secret once.",
            options: [
                application,
                .value("scopes", "read,write", "What it may do. Default both."),
                .value("allow", "CIDR,…", "The networks requests may come from. Default all."),
                .value("rate-limit", "N", "Requests a second, or off. Default: the server's."),
            ]),
        on(
            .keyRoll, "Give a key a new secret; the old one works on for a while.", operands: [keyOperand],
            options: [.value("overlap", "SECONDS", "How long the old secret works on. Default 86400.")]),
        on(.keyRevoke, "End a key at once.", operands: [keyOperand]),
        on(
            .keyList, "List API keys; never their secrets.",
            options: [.value("application", "ID", "Only those of one application.")]),
        on(
            .gatewayAdd, "Add a gateway to an application.", operands: [gatewayOperand],
            options: [
                application,
                .value("adapter", "NAME", "The gateway's protocol. Default: the gateway's name."),
                .value("display-name", "TEXT", "What buyers and operators read."),
                .value("order", "N", "Lower ones are tried first. Default 10."),
                .value("methods", "card,…", "What it offers. Default card."),
                .value("currencies", "USD,…", "What it takes. Default all."),
            ] + gatewayOptions),
        on(
            .gatewayUpdate, "Change a gateway of an application.", operands: [gatewayOperand],
            options: [
                application,
                .value("enabled", "on|off", "Whether it is used."),
                .value("order", "N", "Lower ones are tried first."),
                .value("display-name", "TEXT", "What buyers and operators read."),
                .value("currencies", "USD,…", "What it takes, or none for all."),
                .value(
                    "faults", "A,B",
                    "Scripted faults of a sandbox gateway, or none: down, timeout_before_send, timeout_after_charge, "
                        + "late_webhook, duplicate_webhook, out_of_order_webhooks."),
            ] + gatewayOptions),
        on(
            .gatewayDisable, "Stop using a gateway; what is under way there is followed to its end.",
            operands: [gatewayOperand], options: [application]),
        on(
            .gatewayOrder, "Say which gateways are tried first.",
            operands: [Command.Operand(name: "names", about: "Gateways in order, such as stripe,paypal.")],
            options: [application]),
        on(
            .gatewayTest, "Ask a gateway whether it takes the credentials.", operands: [gatewayOperand],
            options: [application]),
        on(
            .gatewayList, "List the gateways.",
            options: [.value("application", "ID", "Only those of one application.")]),
        on(
            .clockAdvance, "Move the clock of a server that runs with --clock manual, doing what falls due on the way.",
            options: [
                .value("to", "TIME", "Such as 2025-01-15T00:00:00Z."),
                .value("by", "SECONDS", "From where it stands."),
            ]),
        on(
            .paymentResolve, "Decide a payment whose outcome no gateway can tell.",
            operands: [Command.Operand(name: "hash", about: "The payment.")],
            options: [
                .required("as", "paid|unpaid", "What really happened."),
                .value("reference", "R", "The gateway's name of the charge, for a paid one."),
                .required("reason", "TEXT", "How you know; kept in the audit trail."),
            ]),
        on(
            .held, "Tell whether live applications are held, why, since when, and what waits."),
        on(
            .release, "End the hold of live applications: what is due is charged, refunded and delivered from then on.",
            options: [
                .flag("without-reconcile", "Go on although nothing was compared with the gateways."),
                .value("reason", "TEXT", "How you know that it is safe; kept in the audit trail."),
            ],
            notes: [
                "Live applications are held when the data was restored, is on another machine, or was not served for",
                "more than a day. Test applications never are.",
            ]),
        BackupCommand.command,
        CheckBackupCommand.command,
        RestoreCommand.command,
        on(
            .verify, "Check every byte on the disk and every rule of the ledger; exit code 1 when one is broken.",
            options: [.quiet]),
        RepairCommand.command,
        Doctor.command,
        RequestSignature.command,
        Command(
            words: ["version"], summary: "Tell which version this is.", options: [.json],
            action: .local { _ throws(CommandFailure) in
                Command.Answer(
                    json: JSONObject([
                        ("version", .string(Version.current)),
                        ("data_format", .number(JSONNumber(Version.dataFormat))),
                    ]), text: "centralpay \(Version.current)\n")
            }),
    ]

    /// The operation of that name, or nil.
    static func operation(_ name: String) -> Operation? {
        for command in all {
            if case .operation(let operation) = command.action, operation.name == name { return operation }
        }
        return nil
    }

    private static let application = CommandOption.required("application", "ID", "The application, app_….")
    private static let applicationOperand = Command.Operand(name: "id", about: "The application, app_….")
    private static let keyOperand = Command.Operand(name: "key", about: "The public key, pk_….")
    private static let gatewayOptions: [CommandOption] = [
        .file("secret-key", "The API key, or the secret of the client id; sealed, never shown."),
        .value("client-id", "ID", "The name the secret belongs to, where the gateway has one."),
        .file("webhook-secret", "What signs the gateway's notices. The one before works on beside it."),
        .value("webhook-id", "ID", "The gateway's name of our address for notices."),
        .value("base-url", "URL", "Where its API is, when not at the vendor's; for test applications."),
        .value("limits", "USD:0.50-9999,…", "What it takes at least and at most, in major units."),
        .value("instructions", "TEXT", "What a manual gateway tells the buyer to do."),
        .flag("register-webhook", "Have the gateway send notices to this server's public address."),
    ]

    private static let gatewayOperand = Command.Operand(name: "name", about: "The gateway, such as sandbox_alpha.")

    private static func on(
        _ operation: Operation, _ summary: String, operands: [Command.Operand] = [], options: [CommandOption] = [],
        notes: [String] = []
    ) -> Command {
        Command(
            words: operation.name.split(separator: " ").map(String.init), summary: summary, operands: operands,
            options: options + [.data, .config, .json] + ServerSettings.testOptions, notes: notes,
            action: .operation(operation))
    }
}
