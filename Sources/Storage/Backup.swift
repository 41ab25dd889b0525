import Runtime
import Synchronization

/// Has all that is in memory written to segments, and then takes hold of the segments.
///
/// Everything but `core` and `outcome` belongs to the worker's own steps.
final class Backup: @unchecked Sendable {
    /// How long it waits for memory to be flushed.
    private static let flushLimitSeconds = 60

    private let core: StoreCore
    private let deadline: Instant
    private let storeID: [UInt8]
    private let note: [UInt8]
    private let waiter: any Waiter
    private let number: UInt64
    /// What came of it, once the waiter was resumed.
    let outcome = Guarded<Result<BackupSource, StoreError>?>(nil)
    /// The number under which flushes are told to the worker.
    let observer = Atomic<Int>(0)

    init(core: StoreCore, storeID: [UInt8], note: [UInt8], waiter: any Waiter) {
        self.core = core
        self.storeID = storeID
        self.note = note
        self.waiter = waiter
        deadline = core.doors.clock.instant().adding(seconds: Self.flushLimitSeconds)
        number = core.state.withLock { $0.durable }
    }

    func step() -> WorkerStep {
        guard !core.hasStopped else { return end(.failure(.closed)) }
        let (version, flushed, commit) = core.state.withLock { state -> (Version, FlushPoint, (any Worker)?) in
            guard state.flushed.number < number, !state.wantsFreeze, state.version.memtables.count == 1 else {
                return (state.version, state.flushed, nil)
            }
            state.wantsFreeze = true
            state.isCommitIdle = false
            return (state.version, state.flushed, state.commitWorker)
        }
        commit?.wake()
        // A flush wakes this worker.
        guard flushed.number >= number else {
            guard core.doors.clock.instant() < deadline else {
                return end(.failure(core.isStorageFull ? .storageFull : .busy))
            }
            return .wait(until: deadline)
        }
        return end(.success(BackupSource(version.levels, flushed: flushed, storeID: storeID, note: note)))
    }

    private func end(_ result: Result<BackupSource, StoreError>) -> WorkerStep {
        let observer = observer.load(ordering: .acquiring)
        core.state.withLock { $0.endObserving(observer) }
        outcome.withLock { $0 = result }
        waiter.resume()
        return .finished
    }
}

extension Store {
    /// The store as it is now, to be written to a file while the store goes on: at least everything that was durable
    /// when this was called. Of a store that is open for reading only, exactly that.
    ///
    /// - Parameter note: The application's own bytes, at most 64 KiB, that stand in the backup too.
    /// - Throws: `closed`; `busy` or `storageFull` when memory cannot be flushed; `corrupt`; `file`.
    package func beginBackup(note: [UInt8] = []) async throws(StoreError) -> BackupSource {
        if isReadOnly { return try readOnlyBackup(note) }
        let box = Guarded<Backup?>(nil)
        let core = core
        let storeID = storeID
        _ = await core.doors.scheduler.suspend(until: nil) { waiter in
            let backup = Backup(core: core, storeID: storeID, note: note, waiter: waiter)
            box.withLock { $0 = backup }
            let worker = core.doors.scheduler.startWorker("backup", priority: .background, backup.step)
            let observer = core.state.withLock { $0.observeFlushes(worker) }
            backup.observer.store(observer, ordering: .releasing)
            worker.wake()
        }
        guard let outcome = box.withLock({ $0 })?.outcome.withLock({ $0 }) else { throw .closed }
        return try outcome.get()
    }

    /// What only the log held becomes segments in memory: nothing in the directory changes.
    private func readOnlyBackup(_ note: [UInt8]) throws(StoreError) -> BackupSource {
        let version = core.state.withLock { $0.version }
        let files = VirtualFiles()
        var next = (version.segments.map(\.summary.number).max() ?? 0) + 1
        let merge = try SegmentMerge(
            directory: "memory", files: files, storeID: storeID, options: core.options,
            targetByteCount: core.options.segmentByteCount, sources: version.memtables.map { .memtable($0) },
            nextNumber: {
                defer { next += 1 }
                return next
            }, keepsDeletion: { _ in true })
        _ = try merge.step(byteLimit: .max)
        var levels = version.levels
        for summary in merge.outputs.reversed() {
            levels[0].insert(try Segment(summary, directory: "memory", files: files), at: 0)
        }
        return BackupSource(levels, flushed: recoveredPoint, storeID: storeID, note: note)
    }

    /// Writes a backup to the file `path` on the caller's thread; the file has its name only once it is complete and
    /// durable.
    ///
    /// - Parameters:
    ///   - replaces: Whether a file of that name may be replaced.
    ///   - progress: Called with bytes written and bytes in all.
    /// - Throws: `closed`; `busy` when memory cannot be flushed; `file`, with what was there before still in place.
    @discardableResult
    package func backup(
        to path: String, note: [UInt8] = [], replaces: Bool = false,
        progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) async throws(StoreError) -> BackupReport {
        let source = try await beginBackup(note: note)
        let draft: BackupDraft
        do throws(FileError) {
            draft = try BackupDraft(path: path, replaces: replaces, files: core.doors.files)
        } catch {
            throw .file(error)
        }
        do throws(StoreError) {
            var done: UInt64 = 0
            while let bytes = try source.next() {
                do throws(FileError) {
                    try draft.write(bytes)
                } catch {
                    throw .file(error)
                }
                done += UInt64(bytes.count)
                progress(done, source.report.byteCount)
            }
            try draft.finish()
        } catch {
            draft.abandon()
            throw error
        }
        return source.report
    }
}
