import Platform
import Runtime

/// The peer of durable creates: a loop that only appends 2 KiB records in groups of 64 to one file and syncs.
struct LogBenchmark {
    let doors: Doors
    let directory: String
    let seconds: Int

    func run() throws {
        let path = directory + "/benchmark.log"
        if try doors.files.status(path) != nil { try doors.files.remove(path) }
        let file = try doors.files.open(path, .createNew)
        defer { file.close() }
        let group = [UInt8](repeating: 0x5a, count: 64 * 2048)
        // Written once before, as the log's files are, so that an append changes no metadata.
        let capacity: UInt64 = 256 << 20
        var offset: UInt64 = 0
        while offset < capacity {
            try file.write([UInt8](repeating: 0, count: 1 << 20), at: offset)
            offset += 1 << 20
        }
        try file.sync()
        offset = 0
        var histogram = Histogram()
        let start = doors.clock.instant()
        let end = start.adding(seconds: seconds)
        var groups = 0
        while doors.clock.instant() < end {
            let began = doors.clock.instant()
            try file.write(group, at: offset)
            try file.sync()
            histogram.record(nanoseconds: doors.clock.instant().nanoseconds(since: began))
            offset = (offset + UInt64(group.count)) % capacity
            groups += 1
        }
        let elapsed = Int(doors.clock.instant().nanoseconds(since: start) / 1_000_000)
        try doors.files.remove(path)
        var figures = Figures("log-append-2KiB-x64")
        figures.add("records_per_second", groups * 64 * 1000 / max(1, elapsed))
        figures.add("syncs_per_second", groups * 1000 / max(1, elapsed))
        figures.add("p50_microseconds", histogram.percentile(500))
        figures.add("p99_microseconds", histogram.percentile(990))
        figures.print()
    }
}
