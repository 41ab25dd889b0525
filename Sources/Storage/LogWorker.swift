import Runtime

/// Writes groups to the log, one at a time, and tells everybody who waits for them.
///
/// Everything but `core` belongs to the worker's own steps.
final class LogWorker: @unchecked Sendable {
    private static let markDelayMilliseconds = 50
    private static let fullPollMilliseconds = 1000
    /// How long whoever waits for a group that finds no room waits for an answer.
    private static let heldMilliseconds = 5000
    /// How long the room on the volume is believed in.
    private static let roomMilliseconds = 250

    private let core: StoreCore
    private let writer: LogWriter
    private let ballast: Ballast
    private let lock: any FileLock
    private var lastWrite: Instant
    /// The group that is being written.
    private var current: CommitGroup?
    private var checkedByteCount: UInt64 = 0
    private var checkedAt: Instant
    /// Since when the log has found no room for what it has to write, and when it tries again.
    private var held: (since: Instant, retry: Instant)?

    init(core: StoreCore, writer: LogWriter, ballast: Ballast, lock: any FileLock) {
        self.core = core
        self.writer = writer
        self.ballast = ballast
        self.lock = lock
        lastWrite = core.doors.clock.instant()
        checkedAt = lastWrite
    }

    func step() -> WorkerStep {
        if core.hasStopped {
            // The store may have stopped for another reason while a group was held for want of room.
            core.answerUnknown(&current)
            writer.abandon()
            lock.release()
            return .finished
        }
        do {
            if let held, let wait = wait(held) { return wait }
            if let group = current ?? core.takeGroup() {
                current = group
                try write(group)
                current = nil
                held = nil
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
                    held = nil
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
            if writer.mayRetry, !core.isClosing { return hold() }
            // The kernel may have dropped the pages of a failed sync: nothing is tried again.
            writer.abandon()
            lock.release()
            core.fail(.file(error), current)
            current = nil
            return .finished
        }
    }

    /// The volume is full although writes are refused in time: what ran already waits for room.
    private func hold() -> WorkerStep {
        let now = core.doors.clock.instant()
        let retry = now.adding(milliseconds: Self.fullPollMilliseconds)
        held = (held?.since ?? now, retry)
        core.setStorageFull(true)
        return .wait(until: retry)
    }

    /// - Returns: nil when it is time for another attempt.
    private func wait(_ held: (since: Instant, retry: Instant)) -> WorkerStep? {
        let now = core.doors.clock.instant()
        if now >= held.since.adding(milliseconds: Self.heldMilliseconds) {
            core.answerUnknown(&current)
        }
        return now >= held.retry || core.isClosing ? nil : .wait(until: held.retry)
    }

    private func write(_ group: CommitGroup) throws(FileError) {
        let start = core.doors.clock.instant()
        try writer.append(
            group.payload, firstNumber: group.firstNumber, lastNumber: group.lastNumber, digest: group.digest)
        lastWrite = core.doors.clock.instant()
        core.complete(group, microseconds: lastWrite.nanoseconds(since: start) / 1000, writer)
        if writer.lacksRoom || core.isStorageFull || writer.writtenByteCount - checkedByteCount >= 256 << 10
            || lastWrite >= checkedAt.adding(milliseconds: Self.roomMilliseconds)
        {
            checkRoom()
        }
    }

    /// Sets or clears the refusal of writes by the room that is left.
    private func checkRoom() {
        checkedByteCount = writer.writtenByteCount
        checkedAt = core.doors.clock.instant()
        core.setStorageFull(writer.lacksRoom || !ballast.hasRoom)
        if !core.isStorageFull { ballast.restore() }
    }
}
