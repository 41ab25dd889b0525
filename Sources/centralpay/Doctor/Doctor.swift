import JSON
import Runtime

/// `centralpay doctor`: looks at everything a server needs around it, or at the way to one address.
enum Doctor {
    /// How the command ends.
    enum ExitCode: Int32 {
        case well = 0
        /// Something on this machine would keep a server from serving.
        case ill = 1
        case nameNotFound = 3
        case notConnected = 4
        case handshakeFailed = 5
        case certificateRefused = 6
        case noAnswer = 7
        case clockIsWrong = 8
    }

    static let command = Command(
        words: ["doctor"],
        summary: "Check this machine, or with --url the way to an address; says how to mend what is wrong.",
        options: [
            .value("url", "URL", "Look up, connect, shake hands and ask, with timings, such as https://api.stripe.com.")
        ] + ServerSettings.options + [.json],
        notes: [
            "Without --url it takes what serve takes, and checks what serve would need.",
            "Exit codes: 0 all is well, 1 something here is wrong, 3 the name has no address, 4 no connection, "
                + "5 the handshake",
            "failed, 6 the certificate is refused, 7 no answer, 8 this machine's clock is wrong.",
        ], action: .diagnosis(run))

    @Sendable
    private static func run(
        _ arguments: Arguments, _ doors: Doors
    ) async throws(CommandFailure) -> (answer: Command.Answer, exitCode: Int32) {
        if let text = arguments.value("url") {
            let probe = try AddressProbe(text, arguments, doors)
            let outcome = await probe.run()
            return (answer(outcome.findings, outcome.exitCode, outcome.facts), outcome.exitCode.rawValue)
        }
        let settings = try ServerSettings(arguments)
        let findings = await HostChecks(settings, doors).run()
        let code: ExitCode =
            if findings.contains(where: { $0.state == .failed && $0.subject == "clock" }) {
                .clockIsWrong
            } else {
                findings.contains { $0.state == .failed } ? .ill : .well
            }
        return (answer(findings, code, []), code.rawValue)
    }

    private static func answer(
        _ findings: [Finding], _ code: ExitCode, _ facts: [(String, JSONValue)]
    ) -> Command.Answer {
        let json = JSONObject(
            [
                ("ok", .bool(code == .well)), ("exit_code", .number(JSONNumber(Int64(code.rawValue)))),
                ("checks", .array(findings.map(\.json))),
            ] + facts)
        return Command.Answer(json: json, text: findings.map(\.text).joined())
    }
}
