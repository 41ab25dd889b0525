import JSON
import Platform
import Runtime

/// Reads the command line and runs one benchmark.
struct Runner: Sendable {
    let arguments: [String]
    let doors: Doors

    func run() async -> Int32 {
        do {
            switch arguments.first {
            case "parts": PartsBenchmark(doors: doors).run()
            case "tls": try TLSBenchmark(doors: doors).run()
            case "log":
                try LogBenchmark(
                    doors: doors, directory: try required("directory"), seconds: number("seconds") ?? 5
                ).run()
            case "http": try await load().run()
            case "payments":
                try await PaymentBenchmark(
                    doors: doors, directory: try required("directory"), callerCount: number("callers") ?? 64,
                    seconds: number("seconds") ?? 5
                ).run()
            case "recovery":
                try await RecoveryBenchmark(doors: doors, directory: try required("directory")).run()
            default:
                HostProcess.write(
                    "usage: Benchmarks parts | tls | log | payments | http | recovery\n", to: .standardError)
                return 2
            }
            return 0
        } catch {
            HostProcess.write("Benchmarks: \(error)\n", to: .standardError)
            return 1
        }
    }

    private func load() throws -> LoadBenchmark {
        guard let mode = LoadBenchmark.Mode(rawValue: value("mode") ?? "get") else { throw UsageError("--mode") }
        return LoadBenchmark(
            doors: doors, url: try required("url"), key: try required("key"), secret: try required("secret"),
            mode: mode, connectionCount: number("connections") ?? 64, seconds: number("seconds") ?? 10,
            rate: number("rate"))
    }

    private func value(_ name: String) -> String? {
        guard let index = arguments.firstIndex(of: "--" + name), index + 1 < arguments.count else { return nil }
        return arguments[index + 1]
    }

    private func number(_ name: String) -> Int? { value(name).flatMap { Int($0) } }

    private func required(_ name: String) throws -> String {
        guard let value = value(name) else { throw UsageError("--" + name) }
        return value
    }
}

/// A flag that is missing or cannot be read.
struct UsageError: Error, CustomStringConvertible {
    let flag: String

    init(_ flag: String) {
        self.flag = flag
    }

    var description: String { "give \(flag)" }
}
