import Runtime
import Storage

/// Durable transactions of four keys, by one client or many.
struct StorageCommitBenchmark: Sendable {
    static let keyCount = 4
    static let valueByteCount = 100

    let doors: Doors
    let directory: String
    let clientCount: Int
    let seconds: Int

    func run() async throws {
        let store = try Store.open(directory: directory, doors: doors)
        let tally = StorageTally()
        tally.begin(clients: clientCount)
        let value = StoragePair.value(byteCount: Self.valueByteCount, seed: 1)
        let start = doors.clock.instant()
        let end = start.adding(seconds: seconds)
        for client in 0..<clientCount {
            doors.scheduler.spawn(on: client) { [self] in
                var state = UInt64(client) &+ 1
                while true {
                    let began = doors.clock.instant()
                    guard began < end else { break }
                    state = StorageItem.mix(state)
                    let seed = state
                    do {
                        try await store.transact { tx in
                            var state = seed
                            for _ in 0..<Self.keyCount {
                                state = StorageItem.mix(state)
                                tx.put(StoragePair(Int(state % 1_000_000), value: value))
                            }
                        }
                        tally.record(nanoseconds: doors.clock.instant().nanoseconds(since: began))
                    } catch {
                        tally.fail(error)
                        break
                    }
                }
                tally.end()
            }
        }
        await tally.wait(doors)
        let elapsed = Int(doors.clock.instant().nanoseconds(since: start) / 1_000_000)
        let statistics = store.statistics
        await store.close()
        var figures = Figures("storage-commit")
        figures.add("clients", clientCount)
        figures.add(tally.read(), milliseconds: elapsed)
        figures.add("syncs", Int(statistics.syncCount))
        figures.add("sync_p50_microseconds", Int(statistics.syncMedianMicroseconds))
        figures.print()
    }
}
