import Bytes
import Crypto
import HTTP
import JSON
import Runtime

/// Signed requests against a running server, each signed freshly, over keep-alive connections with one request in
/// flight each.
struct LoadBenchmark: Sendable {
    enum Mode: String, Sendable {
        /// `GET /api/v1/payments/{hash}` of one payment.
        case get
        /// `POST /api/v1/payments`, which is durable before it is answered.
        case create
    }

    let doors: Doors
    let url: String
    let key: String
    let secret: String
    let mode: Mode
    let connectionCount: Int
    let seconds: Int
    /// Requests a second over all connections; nil for as many as answers allow.
    let rate: Int?

    /// What the connections add up.
    struct Sum: Sendable {
        var histogram = Histogram()
        var failures = 0
        var open = 0
        var firstFailure = ""
    }

    func run() async throws {
        guard let target = URL(url), let address = IPAddress(target.host) else {
            throw UsageError("--url with an address")
        }
        let socket = SocketAddress.ip(address, port: target.port)
        let base = "/api/v1/payments"
        let path = mode == .get ? base + "/" + (try await createOne(at: socket)) : base
        let sum = Guarded(Sum(open: connectionCount))
        let done = WakeSignal()
        let shared = Shared(sum: sum, done: done)
        let start = doors.clock.instant()
        let end = start.adding(seconds: seconds)
        for index in 0..<connectionCount {
            doors.scheduler.spawn(on: index) { [self] in
                var local = Sum()
                do {
                    try await drive(socket, path, from: start, until: end, index: index, into: &local)
                } catch {
                    local.failures += 1
                    local.firstFailure = "\(error)"
                }
                let result = local
                let isLast = shared.sum.withLock { sum -> Bool in
                    sum.histogram.add(result.histogram)
                    sum.failures += result.failures
                    if sum.firstFailure.isEmpty { sum.firstFailure = result.firstFailure }
                    sum.open -= 1
                    return sum.open == 0
                }
                if isLast { shared.done.notify() }
            }
        }
        await done.wait(until: end.adding(seconds: 60), on: doors.scheduler)
        let elapsed = Int(doors.clock.instant().nanoseconds(since: start) / 1_000_000)
        let total = shared.sum.withLock { $0 }
        var figures = Figures("http-\(mode.rawValue)")
        figures.add("connections", connectionCount)
        figures.add("milliseconds", elapsed)
        figures.add("requests", Int(total.histogram.total))
        figures.add("requests_per_second", Int(total.histogram.total) * 1000 / max(1, elapsed))
        figures.add("failures", total.failures)
        if !total.firstFailure.isEmpty { figures.add("first_failure", total.firstFailure) }
        figures.add("p50_microseconds", total.histogram.percentile(500))
        figures.add("p99_microseconds", total.histogram.percentile(990))
        figures.add("p999_microseconds", total.histogram.percentile(999))
        figures.print()
    }

    private final class Shared: Sendable {
        let sum: Guarded<Sum>
        let done: WakeSignal

        init(sum: consuming Guarded<Sum>, done: WakeSignal) {
            self.sum = sum
            self.done = done
        }
    }

    private func createOne(at socket: SocketAddress) async throws -> String {
        let deadline = doors.clock.instant().adding(seconds: 10)
        let stream = try await doors.network.connect(to: socket, deadline: deadline)
        defer { stream.close() }
        var signer = Signer(key: key, secret: secret)
        let now = doors.clock.now().milliseconds
        try await stream.send(
            signer.request("POST", "/api/v1/payments", Self.body(0, now), milliseconds: now), deadline: deadline)
        var connection = Answers()
        let answer = try await connection.next(from: stream, deadline: deadline)
        guard answer.status == 201, case .object(let envelope) = try JSON.parse(answer.body),
            case .object(let payment)? = envelope["payment"], case .string(let hash)? = payment["hash"]
        else { throw UsageError("a key that may create payments; the server answered \(answer.status)") }
        return hash
    }

    private func drive(
        _ socket: SocketAddress, _ path: String, from start: Instant, until end: Instant, index: Int,
        into sum: inout Sum
    ) async throws {
        let stream = try await doors.network.connect(to: socket, deadline: start.adding(seconds: 10))
        defer { stream.close() }
        var signer = Signer(key: key, secret: secret)
        var answers = Answers()
        var number = 0
        while true {
            var began = doors.clock.instant()
            if let rate {
                // Evenly spread over the connections; the wait counts from when the request was to leave.
                let due = start.nanoseconds + UInt64(number * connectionCount + index) * 1_000_000_000 / UInt64(rate)
                if due > began.nanoseconds { await doors.scheduler.sleep(until: Instant(nanoseconds: due)) }
                began = Instant(nanoseconds: due)
            }
            guard began < end else { return }
            let now = doors.clock.now().milliseconds
            let request =
                mode == .get
                ? signer.request("GET", path, [], milliseconds: now)
                : signer.request(
                    "POST", path, Self.body(index &* 1_000_000 &+ number, now), milliseconds: now)
            let deadline = end.adding(seconds: 30)
            try await stream.send(request, deadline: deadline)
            let answer = try await answers.next(from: stream, deadline: deadline)
            if answer.status == 200 || answer.status == 201 {
                sum.histogram.record(nanoseconds: doors.clock.instant().nanoseconds(since: began))
            } else {
                sum.failures += 1
                if sum.firstFailure.isEmpty {
                    sum.firstFailure = String(decoding: answer.body.prefix(300), as: UTF8.self)
                }
            }
            number += 1
        }
    }

    /// A body of the usual size; it differs each time, so that no two signatures are the same.
    private static func body(_ number: Int, _ now: Int64) -> [UInt8] {
        Array(
            """
            {"amount":99.99,"currency":"USD","description":"Order \(number) of \(now)","customer_email":\
            "buyer\(number % 1000)@example.com","return_url":"https://shop.example/return","metadata":{"order":"\(number)"}}
            """.utf8)
    }
}
