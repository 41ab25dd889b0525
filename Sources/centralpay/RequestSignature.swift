import Crypto
import JSON
import Platform
import Runtime

/// Signs request bodies at the shell.
enum RequestSignature {
    private static let bodyByteLimit = 16 << 20

    static let command = Command(
        words: ["sign"], summary: "Sign a request body: prints the headers that go with it.",
        options: [
            .setting("key", "KEY", "The API key, for the X-Api-Key header."),
            .setting("secret", "SECRET", "The key's secret."),
            .value("body", "TEXT", "The body, or @FILE. Without it standard input; empty at a terminal."),
            .value("timestamp", "T", "Seconds since 1970. Default: now, with milliseconds."),
            .flag("v2", "Sign method and path too."),
            .value("method", "METHOD", "With --v2. Default POST with a body, else GET."),
            .value("path", "PATH", "With --v2: path and query, such as /api/v1/payments?limit=5."),
            .config, .json,
        ],
        notes: [
            "A signed request:",
            "  centralpay sign --key $KEY --secret $SECRET --body '' | curl -H @- http://127.0.0.1:8080/api/v1/payments",
        ],
        action: .local(sign))

    private static func sign(_ arguments: Arguments) throws(CommandFailure) -> Command.Answer {
        guard let secret = arguments.value("secret"), !secret.isEmpty else {
            throw .usage("--secret SECRET is missing; it can also come from CENTRALPAY_SECRET")
        }
        let body = try body(arguments)
        let timestamp = try timestamp(arguments)
        var message = Array("\(timestamp).".utf8)
        var headers: [(name: String, value: String)] = []
        if let key = arguments.value("key") { headers.append(("X-Api-Key", key)) }
        headers.append(("X-Timestamp", timestamp))
        if arguments.isGiven("v2") {
            guard let path = arguments.value("path"), path.hasPrefix("/") else {
                throw .usage("--v2 needs --path, such as --path /api/v1/payments")
            }
            let method = (arguments.value("method") ?? (body.isEmpty ? "GET" : "POST")).uppercased()
            message = Array("v2.\(timestamp).\(method).\(path).".utf8)
            headers.append(("X-Signature-Version", "2"))
        } else if arguments.isGiven("method") || arguments.isGiven("path") {
            throw .usage("--method and --path go with --v2")
        }
        let signature = HMACKey(Array(secret.utf8)).authenticate(message + body).hex
        headers.append(("X-Signature", signature))
        return Command.Answer(
            json: JSONObject(headers.map { ($0.name, .string($0.value)) }),
            text: headers.map { "\($0.name): \($0.value)\n" }.joined())
    }

    private static func body(_ arguments: Arguments) throws(CommandFailure) -> [UInt8] {
        guard let text = arguments.value("body") else {
            if HostProcess.isTerminal(.standardInput) { return [] }
            guard let bytes = HostProcess.readStandardInput(limit: bodyByteLimit) else {
                throw .failed("the body on standard input cannot be read")
            }
            return bytes
        }
        guard text.hasPrefix("@") else { return Array(text.utf8) }
        do throws(FileError) {
            let file = try LinuxPlatform.files.open(String(text.dropFirst()), .readOnly)
            defer { file.close() }
            return try file.read(at: 0, count: bodyByteLimit)
        } catch {
            throw .failed("\(error)")
        }
    }

    private static func timestamp(_ arguments: Arguments) throws(CommandFailure) -> String {
        if let text = arguments.value("timestamp") {
            guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2e }) else {
                throw .usage("--timestamp \(text) is not a count of seconds")
            }
            return text
        }
        let now = LinuxPlatform.clock.now().milliseconds
        let fraction = String(now % 1000)
        return "\(now / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
