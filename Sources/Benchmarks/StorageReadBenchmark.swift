import Runtime
import Storage

/// Random gets and scans of 100 over pairs with 16-byte keys, on one thread, each in a snapshot of its own.
struct StorageReadBenchmark: Sendable {
    let doors: Doors
    let directory: String
    let pairCount: Int
    let valueByteCount: Int
    let cacheByteCount: Int
    let seconds: Int

    func run() async throws {
        var options = StoreOptions()
        options.cacheByteCount = cacheByteCount
        let store = try Store.open(directory: directory, doors: doors, options: options)
        if try store.readSync({ !$0.exists(StoragePair.self, Key(FixedBytes(StoragePair.key(0)))) }) {
            try await fill(store)
        }
        try gets(store)
        try scans(store)
        await store.close()
    }

    /// In no order, as pairs come that a hash names.
    private func fill(_ store: Store) async throws {
        let count = pairCount
        var step = 7919 % max(1, count) | 1
        while Self.divisor(step, count) > 1 { step += 2 }
        let stride = step
        let value = StoragePair.value(byteCount: valueByteCount, seed: 1)
        let start = doors.clock.instant()
        var first = 0
        while first < count {
            let numbers = first..<min(count, first + 200)
            try await store.transact { tx in
                for number in numbers {
                    let place = number.multipliedFullWidth(by: stride)
                    tx.put(StoragePair(count.dividingFullWidth(place).remainder, value: value))
                }
            }
            first = numbers.upperBound
        }
        while true {
            let statistics = store.statistics
            if statistics.compactionBacklog == 0, statistics.memtableCount == 1 { break }
            await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 100))
        }
        let elapsed = Int(doors.clock.instant().nanoseconds(since: start) / 1_000_000)
        var figures = Figures("storage-fill")
        figures.add("pairs", pairCount)
        figures.add("milliseconds", elapsed)
        figures.add("per_second", pairCount * 1000 / max(1, elapsed))
        figures.add(store.statistics)
        figures.print()
    }

    private static func divisor(_ left: Int, _ right: Int) -> Int {
        right == 0 ? left : divisor(right, left % right)
    }

    private func gets(_ store: Store) throws {
        var state: UInt64 = 42
        try measure("storage-get", store) {
            state = StorageItem.mix(state)
            let key = Key(FixedBytes(StoragePair.key(Int(state % UInt64(pairCount)))))
            return try store.readSync { $0.rawGet(table: StoragePair.tableNumber, index: 0, key) } == nil ? 0 : 1
        }
    }

    private func scans(_ store: Store) throws {
        var state: UInt64 = 43
        try measure("storage-scan-100", store) {
            state = StorageItem.mix(state)
            // The rows behind a key, as one seeks to it and goes on.
            let after = Key(FixedBytes(StoragePair.key(Int(state % UInt64(max(1, pairCount - 101))))))
            return try store.readSync { snapshot in
                var count = 0
                snapshot.rawScan(table: StoragePair.tableNumber, index: 0, after: after, limit: 100) { _, _ in
                    count += 1
                    return true
                }
                return count == 100 ? 1 : 0
            }
        }
    }

    /// - Parameter body: Answers 1 when all was found.
    private func measure(_ name: String, _ store: Store, _ body: () throws -> Int) throws {
        // The cache fills first.
        var warming = 0
        while warming < 20_000 {
            _ = try body()
            warming += 1
        }
        let before = store.statistics
        var histogram = Histogram()
        var found = 0
        let start = doors.clock.instant()
        let end = start.adding(seconds: seconds)
        var last = start
        while last < end {
            found += try body()
            let now = doors.clock.instant()
            histogram.record(nanoseconds: now.nanoseconds(since: last))
            last = now
        }
        let elapsed = Int(last.nanoseconds(since: start) / 1_000_000)
        let after = store.statistics
        var figures = Figures(name)
        figures.add("per_second", Int(histogram.total) * 1000 / max(1, elapsed))
        figures.add("found", found)
        figures.add("reads", Int(histogram.total))
        figures.add("p50_microseconds", histogram.percentile(500))
        figures.add("p99_microseconds", histogram.percentile(990))
        let hits = after.cacheHitCount - before.cacheHitCount
        let misses = after.cacheMissCount - before.cacheMissCount
        figures.add("cache_hits_percent", Int(hits * 100 / max(1, hits + misses)))
        figures.add("resident_kibibytes", StorageProcess(doors: doors).residentKibibytes)
        figures.print()
    }
}
