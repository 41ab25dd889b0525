import Runtime
import Storage

/// How long a store takes to open, from nothing to the first read, and to close.
struct StorageOpenBenchmark: Sendable {
    let doors: Doors
    let directory: String

    func run() async throws {
        let start = doors.clock.instant()
        let store = try Store.open(directory: directory, doors: doors)
        let isThere = try store.readSync { $0.exists(StorageItem.self, Key(Int64(0))) }
        let opened = doors.clock.instant()
        let statistics = store.statistics
        await store.close()
        let closed = doors.clock.instant()
        var figures = Figures("storage-open")
        figures.add("milliseconds", Int(opened.nanoseconds(since: start) / 1_000_000))
        figures.add("microseconds", Int(opened.nanoseconds(since: start) / 1000))
        figures.add("first_item_found", isThere ? 1 : 0)
        figures.add("recovered_transactions", Int(statistics.recoveredTransactionCount))
        figures.add("recovered_bytes", Int(statistics.recoveredByteCount))
        figures.add("segments", statistics.segmentCounts.reduce(0, +))
        figures.add("segment_bytes", Int(statistics.segmentByteCounts.reduce(0, +)))
        figures.add("close_milliseconds", Int(closed.nanoseconds(since: opened) / 1_000_000))
        figures.add("resident_kibibytes", StorageProcess(doors: doors).residentKibibytes)
        figures.print()
    }
}
