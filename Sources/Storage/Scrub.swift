import Runtime

/// Reads and checks all segments now and then, so that damage is found while there are backups without it.
///
/// Everything but `core` belongs to the worker's own steps.
final class Scrub: @unchecked Sendable {
    private let core: StoreCore
    private let interval: Int
    private var due: Instant
    private var segments: [Segment] = []

    private init(_ core: StoreCore, seconds: Int) {
        self.core = core
        interval = seconds
        due = core.doors.clock.instant().adding(seconds: seconds)
    }

    /// Starts the worker, unless `seconds` is 0.
    static func start(_ core: StoreCore, seconds: Int) {
        guard seconds > 0 else { return }
        let scrub = Scrub(core, seconds: seconds)
        let worker = core.doors.scheduler.startWorker("scrub", priority: .background, scrub.step)
        core.state.withLock { _ = $0.observeFlushes(worker) }
    }

    private func step() -> WorkerStep {
        if core.hasStopped { return .finished }
        let now = core.doors.clock.instant()
        if segments.isEmpty {
            guard now >= due else { return .wait(until: due) }
            segments = core.state.withLock { $0.version }.segments
        }
        if let segment = segments.popLast() {
            do throws(StoreError) {
                try segment.verify()
            } catch {
                core.state.withLock { $0.statistics.scrubFailureCount += 1 }
                core.doors.log.write(.error, "storage_damage_found", [("error", error.description)])
            }
        }
        guard segments.isEmpty else { return .again }
        core.state.withLock { $0.statistics.scrubCount += 1 }
        due = now.adding(seconds: interval)
        return .wait(until: due)
    }
}
