import Runtime

/// Writes groups to the log, one at a time, and tells everybody who waits for them.
///
/// Everything but `core` belongs to the worker's own steps.
final class LogWorker: @unchecked Sendable {
    private static let markDelayMilliseconds = 50
    private static let fullPollMilliseconds = 1000

    private let core: StoreCore
    private let writer: LogWriter
    private let ballast: Ballast
    private let lock: any FileLock
    private var lastWrite: Instant
    /// The group that is being written.
    private var current: CommitGroup?
    private var checkedByteCount: UInt64 = 0

    init(core: StoreCore, writer: LogWriter, ballast: Ballast, lock: any FileLock) {
        self.core = core
        self.writer = writer
        self.ballast = ballast
        self.lock = lock
        lastWrite = core.doors.clock.instant()
    }

    func step() -> WorkerStep {
        if core.hasStopped {
            writer.abandon()
            lock.release()
            return .finished
        }
        do {
            if let group = core.takeGroup() {
                current = group
                try write(group)
                current = nil
                return .again
            }
            if core.becomeQuiet(writer.fileStart) {
                guard let isFlushed = core.lastFlush else { return .idle }
                // With everything in segments nobody will read this log.
                if isFlushed { writer.abandon() } else { try writer.close() }
                // Whoever waits may open the store again at once.
                lock.release()
                core.finish()
                return .finished
            }
            var wake: Instant?
            let instant = core.doors.clock.instant()
            if writer.needsMark {
                let due = lastWrite.adding(milliseconds: Self.markDelayMilliseconds)
                if instant >= due {
                    try writer.appendMark()
                    return .again
                }
                wake = due
            }
            if core.isStorageFull {
                if writer.lacksRoom, ballast.hasRoom { try writer.refill() }
                checkRoom()
                if core.isStorageFull {
                    let poll = instant.adding(milliseconds: Self.fullPollMilliseconds)
                    wake = wake.map { min($0, poll) } ?? poll
                }
            }
            return wake.map { .wait(until: $0) } ?? .idle
        } catch {
            // The kernel may have dropped the pages of a failed sync: nothing is tried again.
            writer.abandon()
            lock.release()
            core.fail(.file(error), current)
            current = nil
            return .finished
        }
    }

    private func write(_ group: CommitGroup) throws(FileError) {
        let start = core.doors.clock.instant()
        try writer.append(
            group.payload, firstNumber: group.firstNumber, lastNumber: group.lastNumber, digest: group.digest)
        lastWrite = core.doors.clock.instant()
        core.complete(group, microseconds: lastWrite.nanoseconds(since: start) / 1000, writer)
        if writer.lacksRoom || writer.writtenByteCount - checkedByteCount >= 256 << 10 { checkRoom() }
    }

    /// Sets or clears the refusal of writes by the room that is left.
    private func checkRoom() {
        checkedByteCount = writer.writtenByteCount
        core.setStorageFull(writer.lacksRoom || !ballast.hasRoom)
        if !core.isStorageFull { ballast.restore() }
    }
}
