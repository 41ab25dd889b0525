import Runtime

/// Reads and checks all segments now and then, slowly, so that damage is found while there are backups without it; then
/// has the application check its own rules.
///
/// When that was done last, and how much it found, stands in the file `scrubbed`, so that a server that is restarted often does it too.
/// Everything but `core` belongs to the worker's own steps.
final class Scrub: @unchecked Sendable {
    static let recordName = "scrubbed"
    /// How long it waits at least after a start, unless the interval is shorter, and when nothing says when it was done.
    private static let leastSeconds = 300
    private static let unknownSeconds = 3600

    private let core: StoreCore
    private let path: String
    private let directory: String
    private let interval: Int
    private let bytesPerSecond: Int
    private var due: Instant
    private var segments: [Segment] = []
    private var check: SegmentCheck?
    private var isRunning = false
    /// What was found in this run.
    private var findingCount: UInt64 = 0

    private init(_ core: StoreCore, directory: String, seconds: Int) {
        self.core = core
        self.directory = directory
        path = directory + "/" + Self.recordName
        interval = seconds
        bytesPerSecond = core.options.scrubBytesPerSecond
        due = core.doors.clock.instant()
    }

    /// Starts the worker, unless the interval is 0.
    static func start(_ core: StoreCore, directory: String) {
        let seconds = core.options.scrubIntervalSeconds
        guard seconds > 0 else { return }
        let scrub = Scrub(core, directory: directory, seconds: seconds)
        scrub.due = scrub.due.adding(seconds: scrub.firstWait())
        let worker = core.doors.scheduler.startWorker("scrub", priority: .background, scrub.step)
        core.state.withLock { _ = $0.observeFlushes(worker) }
    }

    private func step() -> WorkerStep {
        if core.hasStopped { return .finished }
        let now = core.doors.clock.instant()
        // Waking up for a flush changes nothing about the pace.
        guard now >= due else { return .wait(until: due) }
        if !isRunning {
            isRunning = true
            findingCount = 0
            segments = core.state.withLock { $0.version }.segments
        }
        if check == nil { check = segments.popLast().map(SegmentCheck.init) }
        if let byteCount = checkSome() {
            let milliseconds = Int(byteCount) * 1000 / bytesPerSecond
            due = now.adding(milliseconds: milliseconds)
            return .wait(until: due)
        }
        check = nil
        guard segments.isEmpty else { return .again }
        finish()
        due = core.doors.clock.instant().adding(seconds: interval)
        return .wait(until: due)
    }

    /// - Returns: the bytes that were checked; nil when the segment is done, well or not.
    private func checkSome() -> UInt64? {
        do throws(StoreError) {
            return try check?.step()
        } catch {
            note(error.description)
            return nil
        }
    }

    private func note(_ finding: String) {
        findingCount += 1
        core.state.withLock { $0.statistics.scrubFailureCount += 1 }
        core.doors.log.write(.error, "storage_damage_found", [("error", finding)])
    }

    private func finish() {
        isRunning = false
        if let failure = manifestFailure() { note(failure.description) }
        let snapshot = core.snapshot()
        let broken = core.options.scrubRules(snapshot)
        // Rules are judged by all records or not at all.
        if let failure = snapshot.failure { note(failure.description) } else { broken.forEach(note) }
        if core.hasStopped { return }
        let findings = findingCount
        let milliseconds = core.doors.clock.now().milliseconds
        core.state.withLock { state in
            state.statistics.scrubCount += 1
            state.statistics.scrubMilliseconds = milliseconds
            state.statistics.scrubFindingCount = findings
        }
        core.doors.log.write(.info, "storage_scrubbed", [("findings", String(findings))])
        remember(milliseconds, findings)
    }

    private func manifestFailure() -> StoreError? {
        var failure: StoreError?
        // A newer one may take its place while it is read.
        for _ in 0..<5 {
            do throws(StoreError) {
                _ = try ManifestFile(directory: directory, files: core.doors.files).load()
                return nil
            } catch {
                failure = error
            }
        }
        return failure
    }

    // MARK: When it was done

    /// Seconds from now to the first run.
    private func firstWait() -> Int {
        guard let (last, findings) = lastRun() else { return min(interval, Self.unknownSeconds) }
        core.state.withLock { state in
            state.statistics.scrubMilliseconds = last
            state.statistics.scrubFindingCount = findings
        }
        let now = core.doors.clock.now().milliseconds
        // A clock that was wrong must not put it off for longer than an interval.
        let passed = last <= now ? (now - last) / 1000 : 0
        return max(min(interval, Self.leastSeconds), interval - Int(clamping: passed))
    }

    private func lastRun() -> (milliseconds: Int64, findings: UInt64)? {
        guard let file = try? core.doors.files.open(path, .readOnly) else { return nil }
        defer { file.close() }
        guard let bytes = try? file.read(at: 0, count: 64) else { return nil }
        let words = String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self).split(separator: " ")
        guard words.count == 2, let milliseconds = Int64(words[0]), let findings = UInt64(words[1]) else { return nil }
        return (milliseconds, findings)
    }

    /// Nothing depends on it: without the file the next run comes too early.
    private func remember(_ milliseconds: Int64, _ findings: UInt64) {
        let files = core.doors.files
        let draft = path + ".new"
        do throws(FileError) {
            if try files.status(draft) != nil { try files.remove(draft) }
            let file = try files.open(draft, .createNew)
            defer { file.close() }
            try file.write(Array("\(milliseconds) \(findings)\n".utf8), at: 0)
            try file.sync()
            try files.rename(draft, to: path)
            try files.syncDirectory(directory)
        } catch {
            core.doors.log.write(.warning, "storage_scrub_not_recorded", [("error", error.description)])
        }
    }
}
