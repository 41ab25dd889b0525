import Runtime
import Storage

/// Ordered pagination through an index, page by page: at the beginning, in the middle and at the end of all items that
/// `StorageIngestBenchmark` wrote.
struct StoragePageBenchmark: Sendable {
    private static let pageCount = 300
    private static let rowCount = 100

    let doors: Doors
    let directory: String
    /// Items in the store, numbered from 0.
    let count: Int

    func run() async throws {
        let store = try Store.open(directory: directory, doors: doors)
        let span = Self.pageCount * Self.rowCount
        // Once to fill the cache as it is in service, then measured.
        for isMeasured in [false, true] {
            try pages("first", store, from: 0, isMeasured)
            try pages("middle", store, from: max(0, (count - span) / 2), isMeasured)
            try pages("last", store, from: max(0, count - span), isMeasured)
        }
        await store.close()
    }

    private func pages(_ name: String, _ store: Store, from first: Int, _ isMeasured: Bool) throws {
        var cursor: Key?
        if first > 0 {
            let before = StorageItem(first - 1)
            cursor = Key(before.created, before.id)
        }
        var histogram = Histogram()
        var expected = Int64(first)
        var wrong = 0
        for _ in 0..<Self.pageCount {
            let began = doors.clock.instant()
            let from = cursor
            let rows = try store.readSync { snapshot -> [(StorageItem, Key)] in
                var rows: [(StorageItem, Key)] = []
                snapshot.scan(StorageItem.byCreated, after: from, limit: Self.rowCount) { item, place in
                    rows.append((item, place))
                    return true
                }
                return rows
            }
            histogram.record(nanoseconds: doors.clock.instant().nanoseconds(since: began))
            for row in rows {
                if row.0.id != expected { wrong += 1 }
                expected += 1
            }
            guard let last = rows.last else { break }
            cursor = last.1
        }
        guard isMeasured else { return }
        var figures = Figures("storage-page-" + name)
        figures.add("pages", Int(histogram.total))
        figures.add("rows_out_of_order", wrong)
        figures.add("p50_microseconds", histogram.percentile(500))
        figures.add("p99_microseconds", histogram.percentile(990))
        figures.print()
    }
}
