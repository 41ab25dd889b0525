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
            case "crypto": try CryptoBenchmark(doors: doors).run()
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
            case "storage": try await storage()
            case "billing": try await billing()
            default:
                HostProcess.write(
                    "usage: Benchmarks parts | crypto | tls | log | payments | http | recovery | storage | billing\n",
                    to: .standardError)
                return 2
            }
            return 0
        } catch {
            HostProcess.write("Benchmarks: \(error)\n", to: .standardError)
            return 1
        }
    }

    private func storage() async throws {
        let directory = try required("directory")
        switch arguments.dropFirst().first {
        case "commit":
            try await StorageCommitBenchmark(
                doors: doors, directory: directory, clientCount: number("clients") ?? 1, seconds: number("seconds") ?? 5
            ).run()
        case "ingest":
            try await StorageIngestBenchmark(
                doors: doors, directory: directory, first: number("first") ?? 0, count: number("records") ?? 200_000,
                clientCount: number("clients") ?? 64, batchCount: max(1, number("batch") ?? 1),
                isShuffled: value("order") == "none"
            ).run()
        case "read":
            try await StorageReadBenchmark(
                doors: doors, directory: directory, pairCount: number("pairs") ?? 200_000,
                valueByteCount: number("value-bytes") ?? 400,
                cacheByteCount: (number("cache-kibibytes") ?? 8192) << 10, seconds: number("seconds") ?? 5
            ).run()
        case "pages":
            try await StoragePageBenchmark(
                doors: doors, directory: directory, count: number("records") ?? 200_000
            ).run()
        case "open": try await StorageOpenBenchmark(doors: doors, directory: directory).run()
        default: throw UsageError("storage commit | ingest | read | pages | open")
        }
    }

    private func billing() async throws {
        let directory = try required("directory")
        switch arguments.dropFirst().first {
        case "advance":
            try await AdvanceBenchmark(
                doors: doors, directory: directory, subscriptionCount: number("subscriptions") ?? 2000,
                dayCount: number("days") ?? 10
            ).run()
        case "size":
            try await BillingSizeBenchmark(
                doors: doors, directory: directory, count: number("subscriptions") ?? 1_000_000,
                rate: max(1, number("rate") ?? 200), seconds: number("seconds") ?? 20
            ).run()
        default: throw UsageError("billing advance | size")
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
