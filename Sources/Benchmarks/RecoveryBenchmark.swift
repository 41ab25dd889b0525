import Runtime
import Storage

/// How fast a store's log is read back after a crash. The directory must not be in use.
struct RecoveryBenchmark {
    let doors: Doors
    let directory: String

    func run() async throws {
        var byteCount: UInt64 = 0
        for name in try doors.files.list(directory) {
            byteCount += try doors.files.status(directory + "/" + name)?.byteCount ?? 0
        }
        let start = doors.clock.instant()
        let store = try Store.open(directory: directory, doors: doors, options: StoreOptions())
        let milliseconds = Int(doors.clock.instant().nanoseconds(since: start) / 1_000_000)
        let statistics = store.statistics
        await store.close()
        var figures = Figures("recovery")
        figures.add("bytes", Int(byteCount))
        figures.add("transactions", Int(statistics.recoveredTransactionCount))
        figures.add("milliseconds", milliseconds)
        figures.add("megabytes_per_second", Int(byteCount) / 1000 / max(1, milliseconds))
        figures.print()
    }
}
