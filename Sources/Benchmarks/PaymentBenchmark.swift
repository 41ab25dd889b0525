import Billing
import Crypto
import JSON
import Runtime
import Storage

/// Durable creates without the network: the domain and the store alone, with many callers waiting.
struct PaymentBenchmark: Sendable {
    let doors: Doors
    let directory: String
    let callerCount: Int
    let seconds: Int

    func run() async throws {
        let store = try Store.open(directory: directory, doors: doors, options: StoreOptions())
        let sealer = try Sealer(masterKey: Secret([UInt8](repeating: 7, count: 32)))
        let ledger = Ledger(vault: Vault(sealer), links: Links(publicURL: "https://pay.example"))
        let application = try await store.transact { transaction in
            var application = Application()
            application.id = ApplicationID(in: transaction, purpose: "application")
            application.name = "Benchmark"
            transaction.put(application)
            var gateway = GatewayConfiguration()
            gateway.application = application.id
            gateway.gateway = "sandbox_alpha"
            gateway.adapter = "sandbox_alpha"
            transaction.put(gateway)
            return application
        }
        let counts = Counts()
        let start = doors.clock.instant()
        let end = start.adding(seconds: seconds)
        for caller in 0..<callerCount {
            doors.scheduler.spawn(on: caller) { [self] in
                var histogram = Histogram()
                while doors.clock.instant() < end {
                    let began = doors.clock.instant()
                    var input = PaymentInput()
                    guard let decimal = JSONDecimal("99.99") else { break }
                    input.amount = DecimalAmount(decimal: decimal)
                    input.currency = .usd
                    input.description = "Order \(histogram.total)"
                    input.customerEmail = "buyer\(caller)-\(histogram.total % 100)@example.com"
                    input.returnURL = "https://shop.example/return"
                    let ready = input
                    do {
                        _ = try await store.transact { transaction in
                            try Payments(ledger).create(
                                ready, application: application, by: .system, in: transaction)
                        }
                    } catch {
                        break
                    }
                    histogram.record(nanoseconds: doors.clock.instant().nanoseconds(since: began))
                }
                counts.add(histogram)
            }
        }
        while counts.callers < callerCount {
            await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 20))
        }
        let elapsed = Int(doors.clock.instant().nanoseconds(since: start) / 1_000_000)
        let statistics = store.statistics
        let total = counts.histogram
        await store.close()
        var figures = Figures("payments-created-in-process")
        figures.add("callers", callerCount)
        figures.add("per_second", Int(total.total) * 1000 / max(1, elapsed))
        figures.add("p50_microseconds", total.percentile(500))
        figures.add("p99_microseconds", total.percentile(990))
        figures.add("syncs", Int(statistics.syncCount))
        figures.add("sync_p99_microseconds", Int(statistics.sync99thPercentileMicroseconds))
        figures.add("log_bytes_per_payment", Int(statistics.logByteCount) / max(1, Int(total.total)))
        figures.print()
    }

    private final class Counts: Sendable {
        private let state = Guarded<(callers: Int, histogram: Histogram)>((0, Histogram()))

        var callers: Int { state.withLock { $0.callers } }
        var histogram: Histogram { state.withLock { $0.histogram } }

        func add(_ histogram: Histogram) {
            state.withLock { state in
                state.callers += 1
                state.histogram.add(histogram)
            }
        }
    }
}
