import Platform
import Runtime
import Storage

/// Writes many records with six index entries each from many clients.
struct StorageIngestBenchmark: Sendable {
    let doors: Doors
    let directory: String
    /// Items from `first` on.
    let first: Int
    let count: Int
    let clientCount: Int
    /// Records in a transaction.
    let batchCount: Int
    /// Whether primary keys come in no order, which makes compaction rewrite records too.
    let isShuffled: Bool

    func run() async throws {
        let store = try Store.open(directory: directory, doors: doors)
        let tally = StorageTally()
        tally.begin(clients: clientCount)
        let start = doors.clock.instant()
        for client in 0..<clientCount {
            doors.scheduler.spawn(on: client) { [self] in
                do {
                    while true {
                        let numbers = tally.take(batchCount, limit: count)
                        if numbers.isEmpty { break }
                        let items = numbers.map { item(first + $0) }
                        let began = doors.clock.instant()
                        try await store.transact { tx in for item in items { tx.put(item) } }
                        tally.record(nanoseconds: doors.clock.instant().nanoseconds(since: began))
                    }
                } catch {
                    tally.fail(error)
                }
                tally.end()
            }
        }
        var said = doors.clock.instant()
        await tally.wait(doors, milliseconds: 100) { state in
            guard doors.clock.instant() >= said.adding(seconds: 10) else { return }
            said = doors.clock.instant()
            say(state, store.statistics, start)
        }
        let elapsed = Int(doors.clock.instant().nanoseconds(since: start) / 1_000_000)
        let process = StorageProcess(doors: doors)
        var figures = Figures("storage-ingest")
        figures.add("clients", clientCount)
        figures.add("records_in_a_transaction", batchCount)
        figures.add("records_per_second", tally.read().next * 1000 / max(1, elapsed))
        figures.add(tally.read(), milliseconds: elapsed)
        figures.add("peak_resident_kibibytes", process.peakKibibytes)
        // Until nothing is left to compact, so that the bytes written are all that this will ever cost.
        let settling = doors.clock.instant()
        await settle(store)
        figures.add("settled_milliseconds", Int(doors.clock.instant().nanoseconds(since: settling) / 1_000_000))
        figures.add(store.statistics)
        figures.add("disk_bytes", process.diskByteCount)
        let closing = doors.clock.instant()
        await store.close()
        figures.add("close_milliseconds", Int(doors.clock.instant().nanoseconds(since: closing) / 1_000_000))
        figures.print()
    }

    private func item(_ number: Int) -> StorageItem {
        var item = StorageItem(number)
        if isShuffled { item.id = Int64(bitPattern: StorageItem.mix(UInt64(number))) }
        return item
    }

    private func settle(_ store: Store) async {
        var previous: UInt64 = .max
        while true {
            let statistics = store.statistics
            let done = statistics.flushedByteCount + statistics.compactedByteCount + statistics.moveCount
            if statistics.compactionBacklog == 0, statistics.memtableCount == 1, done == previous { return }
            previous = done
            await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 500))
        }
    }

    private func say(_ state: StorageTally.State, _ statistics: StoreStatistics, _ start: Instant) {
        let seconds = doors.clock.instant().nanoseconds(since: start) / 1_000_000_000
        let process = StorageProcess(doors: doors)
        HostProcess.write(
            "\(seconds) s: \(state.next) records, slowest \(state.slowestMicroseconds) us, "
                + "\(state.slowCount) over 100 ms, resident \(process.residentKibibytes >> 10) MiB, backlog "
                + "\(statistics.compactionBacklog >> 20) MiB, stalls \(statistics.stallCount), segments "
                + "\(statistics.segmentCounts)\n", to: .standardError)
    }
}
