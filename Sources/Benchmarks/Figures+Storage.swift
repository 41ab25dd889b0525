import Storage

extension Figures {
    /// Adds rates and latencies of `state` over `milliseconds`.
    mutating func add(_ state: StorageTally.State, milliseconds: Int) {
        add("transactions", Int(state.histogram.total))
        add("milliseconds", milliseconds)
        add("per_second", Int(state.histogram.total) * 1000 / max(1, milliseconds))
        add("p50_microseconds", state.histogram.percentile(500))
        add("p99_microseconds", state.histogram.percentile(990))
        add("p999_microseconds", state.histogram.percentile(999))
        add("slowest_microseconds", state.slowestMicroseconds)
        add("over_100_milliseconds", state.slowCount)
        add("failures", state.failures)
        if !state.firstFailure.isEmpty { add("first_failure", state.firstFailure) }
    }

    mutating func add(_ statistics: StoreStatistics) {
        add("ingested_bytes", Int(statistics.ingestedByteCount))
        add("written_bytes", Int(statistics.writtenByteCount))
        add("log_bytes", Int(statistics.logByteCount))
        add("flushed_bytes", Int(statistics.flushedByteCount))
        add("compacted_bytes", Int(statistics.compactedByteCount))
        add(
            "written_per_ingested_percent",
            Int(statistics.writtenByteCount * 100 / max(1, statistics.ingestedByteCount)))
        let syncs = statistics.syncMicroseconds
        add(
            "log_syncs_by_milliseconds",
            zip(syncs.upperBounds.map { "\($0 / 1000)" } + ["more"], syncs.counts)
                .map { "\($0): \($1)" }.joined(separator: ", "))
        add("stalls", Int(statistics.stallCount))
        add("stall_milliseconds", Int(statistics.stallMicroseconds / 1000))
        add("segments", statistics.segmentCounts.map { String($0) }.joined(separator: " "))
        add(
            "segment_megabytes",
            statistics.segmentByteCounts.map { String($0 >> 20) }.joined(separator: " "))
    }
}
