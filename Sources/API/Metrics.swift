import Billing
import Bytes
import HTTP
import Storage
import Synchronization

/// The Prometheus text of `/metrics`.
enum Metrics {
    /// Whether `request` may read it: a bearer of the token, or a loopback peer without a proxy in between.
    static func isAllowed(_ request: Request, token: String?) -> Bool {
        if let token, !token.isEmpty {
            // The token is compared whole, without an early end.
            let given = request.headers["authorization"] ?? ""
            let wanted = "Bearer " + token
            var difference = given.utf8.count ^ wanted.utf8.count
            for (one, other) in zip(given.utf8, wanted.utf8) { difference |= Int(one ^ other) }
            if difference == 0 { return true }
        }
        return Sender.isDirectLoopback(request)
    }

    static func text(_ services: Services) -> [UInt8] {
        var text = MetricsText()
        let classes = services.counters.classes
        text.add(
            "api_answers_total", .counter, "Answers of the API by class.",
            [
                (#"{class="2xx"}"#, classes.succeeded), (#"{class="4xx"}"#, classes.refused),
                (#"{class="5xx"}"#, classes.failed),
            ])
        text.add(
            "api_rate_limited_total", .counter, "Requests refused by a rate limit.",
            services.counters.rateLimited.load(ordering: .relaxed))
        text.add(
            "api_unauthenticated_total", .counter, "Requests refused for their credentials.",
            services.counters.wrongCredentials.load(ordering: .relaxed))
        if let hold = try? services.store.readSync({ Optional.some(Holds.current(in: $0)) }) {
            text.add(
                "held", .gauge, "Whether live applications wait for the operator's release.", hold == nil ? 0 : 1)
        }
        let store = services.store.statistics
        addWriting(store, to: &text)
        addSegments(store, to: &text)
        addReading(store, to: &text)
        addHealth(store, to: &text)
        return text.bytes
    }

    private static func addWriting(_ store: StoreStatistics, to text: inout MetricsText) {
        text.add(
            "store_transactions_total", .counter, "Transactions that ran since the start.", store.transactionCount)
        text.add(
            "store_queue_depth", .gauge, "Transactions waiting to run.", UInt64(clamping: store.queueDepth))
        text.add("store_syncs_total", .counter, "Syncs of the log.", store.syncCount)
        text.addHistogram(
            "store_sync_seconds", "How long a group took to become durable.", store.syncMicroseconds,
            unit: MetricsText.seconds)
        text.addHistogram("store_group_transactions", "Transactions made durable together.", store.groupSizes)
        text.add(
            "store_ingested_bytes_total", .counter, "Bytes of keys and values that transactions wrote.",
            store.ingestedByteCount)
        text.add(
            "store_written_bytes_total", .counter,
            "Bytes written to the volume; divided by those ingested, the write amplification.",
            [
                (#"{part="log"}"#, store.logByteCount), (#"{part="flush"}"#, store.flushedByteCount),
                (#"{part="compaction"}"#, store.compactedByteCount),
            ])
        text.add("store_stalls_total", .counter, "Times that writes waited for room in memory.", store.stallCount)
        text.add(
            "store_stall_seconds_total", .counter, "How long writes waited for room in memory.",
            [("", MetricsText.seconds(store.stallMicroseconds))])
    }

    private static func addSegments(_ store: StoreStatistics, to text: inout MetricsText) {
        func levels(_ values: [UInt64]) -> [(String, UInt64)] {
            values.enumerated().map { (#"{level="\#($0.offset)"}"#, $0.element) }
        }
        text.add(
            "store_segments", .gauge, "Segments on each level.", levels(store.segmentCounts.map(UInt64.init(clamping:)))
        )
        text.add("store_segment_bytes", .gauge, "Bytes of segments on each level.", levels(store.segmentByteCounts))
        text.add("store_flushes_total", .counter, "Memtables written to segments.", store.flushCount)
        text.add("store_compactions_total", .counter, "Merges of segments.", store.compactionCount)
        text.add("store_moves_total", .counter, "Segments moved down a level as they are.", store.moveCount)
        text.add(
            "store_compaction_backlog_bytes", .gauge, "Bytes that compaction has still to bring down.",
            store.compactionBacklog)
        text.add(
            "store_segment_failures_total", .counter, "Flushes and compactions that failed and are tried again.",
            store.segmentFailureCount)
        text.add("store_log_files", .gauge, "Files of the log.", UInt64(clamping: store.logFileCount))
        text.add("store_memtables", .gauge, "Memtables.", UInt64(clamping: store.memtableCount))
        text.add("store_memtable_bytes", .gauge, "Bytes in memtables.", UInt64(clamping: store.memtableByteCount))
    }

    private static func addReading(_ store: StoreStatistics, to text: inout MetricsText) {
        text.add("store_cache_hits_total", .counter, "Blocks found in the cache.", store.cacheHitCount)
        text.add("store_cache_misses_total", .counter, "Blocks read from the volume.", store.cacheMissCount)
        text.add("store_cache_bytes", .gauge, "Bytes in the cache.", UInt64(clamping: store.cacheByteCount))
        text.add("store_snapshots", .gauge, "Snapshots that are being read.", UInt64(clamping: store.snapshotCount))
        text.add(
            "store_oldest_snapshot_seconds", .gauge, "Age of the oldest snapshot that is being read.",
            store.oldestSnapshotSeconds)
    }

    private static func addHealth(_ store: StoreStatistics, to text: inout MetricsText) {
        text.add(
            "store_full", .gauge, "Whether writes are refused for lack of space.", store.isStorageFull ? 1 : 0)
        text.add("store_scrubs_total", .counter, "Times that all data was read and checked.", store.scrubCount)
        text.add(
            "store_scrub_findings_total", .counter, "Damage and broken rules found while checking.",
            store.scrubFailureCount)
        text.add(
            "store_damaged", .gauge, "Whether the last check of all data found anything.",
            store.scrubFindingCount > 0 ? 1 : 0)
        if let milliseconds = store.scrubMilliseconds {
            text.add(
                "store_scrub_timestamp_seconds", .gauge, "When all data was checked last.",
                UInt64(clamping: milliseconds / 1000))
        }
        text.add(
            "store_recovery_seconds", .gauge, "How long opening the store took.",
            [("", MetricsText.seconds(store.recoveryMicroseconds))])
    }
}
