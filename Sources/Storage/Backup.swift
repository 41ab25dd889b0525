import Bytes
import Crypto
import Runtime
import Synchronization

/// What a backup wrote.
package struct BackupReport: Sendable, Equatable {
    /// The last transaction in it.
    package var transactionNumber: UInt64 = 0
    package var segmentCount = 0
    package var byteCount: UInt64 = 0
}

/// Writes one file with everything up to some transaction, while the store goes on: it has all in memory written to
/// segments, then copies segments, which never change, from their open files.
///
/// Everything but `core` and `outcome` belongs to the worker's own steps.
final class Backup: @unchecked Sendable {
    private enum Stage {
        case waiting(number: UInt64)
        case copying
    }

    /// How long it waits for memory to be flushed.
    private static let flushLimitSeconds = 60

    private let core: StoreCore
    private let deadline: Instant
    private let storeID: [UInt8]
    private let path: String
    private let draft: String
    private let progress: @Sendable (UInt64, UInt64) -> Void
    private let waiter: any Waiter
    /// What came of it, once the waiter was resumed.
    let outcome = Guarded<Result<BackupReport, StoreError>?>(nil)

    /// The number under which flushes are told to the worker.
    let observer = Atomic<Int>(0)
    private var stage: Stage
    private var file: (any File)?
    private var hash = SHA256()
    private var written: UInt64 = 0
    private var total: UInt64 = 0
    private var segments: [Segment] = []
    private var segmentIndex = 0
    private var offset: UInt64 = 0
    private var report = BackupReport()

    init(
        core: StoreCore, storeID: [UInt8], path: String, waiter: any Waiter,
        progress: @escaping @Sendable (UInt64, UInt64) -> Void
    ) {
        self.core = core
        self.storeID = storeID
        self.path = path
        draft = path + ".new"
        self.waiter = waiter
        self.progress = progress
        deadline = core.doors.clock.instant().adding(seconds: Self.flushLimitSeconds)
        stage = .waiting(number: core.state.withLock { $0.durable })
    }

    func step() -> WorkerStep {
        if case .waiting(let number) = stage {
            guard !core.hasStopped else { return end(.failure(.closed)) }
            let (isFlushed, commit) = core.state.withLock { state -> (Bool, (any Worker)?) in
                if state.flushed.number >= number { return (true, nil) }
                guard !state.wantsFreeze, state.version.memtables.count == 1 else { return (false, nil) }
                state.wantsFreeze = true
                state.isCommitIdle = false
                return (false, state.commitWorker)
            }
            commit?.wake()
            // A flush wakes this worker.
            guard isFlushed else {
                return core.doors.clock.instant() < deadline ? .wait(until: deadline) : end(.failure(.busy))
            }
        }
        do throws(FileError) {
            if case .waiting = stage {
                try begin()
                stage = .copying
                return .again
            }
            return try copy() ? .again : end(.success(report))
        } catch {
            file?.close()
            _ = try? core.doors.files.remove(draft)
            return end(.failure(.file(error)))
        }
    }

    private func end(_ result: Result<BackupReport, StoreError>) -> WorkerStep {
        let observer = observer.load(ordering: .acquiring)
        core.state.withLock { $0.endObserving(observer) }
        segments = []
        file = nil
        outcome.withLock { $0 = result }
        waiter.resume()
        return .finished
    }

    private func begin() throws(FileError) {
        let (version, flushed) = core.state.withLock { ($0.version, $0.flushed) }
        let levels = version.levels.map { $0.map(\.summary) }
        let manifest = Manifest(
            storeID: storeID, epoch: 1, sequence: 1, flushed: flushed,
            nextSegmentNumber: (levels.joined().map(\.number).max() ?? 0) + 1,
            logStart: LogStart(fileNumber: 1, previousNumber: flushed.number, previousHash: 0), mayLackLog: true,
            levels: levels)
        segments = version.segments
        report.transactionNumber = flushed.number
        report.segmentCount = segments.count
        let bytes = manifest.encoded()
        total = UInt64(BackupFormat.headByteCount + bytes.count) + manifest.segmentByteCount
        if try core.doors.files.status(draft) != nil { try core.doors.files.remove(draft) }
        file = try core.doors.files.open(draft, .createNew)
        try put(BackupFormat.head(manifestByteCount: bytes.count) + bytes)
    }

    private func put(_ bytes: [UInt8]) throws(FileError) {
        try file?.write(bytes, at: written)
        hash.update(bytes)
        written += UInt64(bytes.count)
        progress(written, total)
    }

    /// Copies a piece.
    /// - Returns: whether there is more.
    private func copy() throws(FileError) -> Bool {
        if segmentIndex < segments.count {
            let segment = segments[segmentIndex]
            let left = segment.summary.byteCount - offset
            let bytes = try segment.file.read(at: offset, count: Int(min(UInt64(BackupFormat.pieceByteCount), left)))
            guard !bytes.isEmpty else { throw FileError(.inputOutput, operation: "read", path: path) }
            try put(bytes)
            offset += UInt64(bytes.count)
            if offset == segment.summary.byteCount {
                segmentIndex += 1
                offset = 0
            }
            return true
        }
        try file?.write(hash.finalize().bytes, at: written)
        report.byteCount = written + UInt64(BackupFormat.hashByteCount)
        try file?.sync()
        file?.close()
        try core.doors.files.rename(draft, to: path)
        try core.doors.files.syncDirectory(Store.parent(of: path))
        return false
    }
}

extension Store {
    /// Writes a backup to the file `path`, which is replaced only once the new one is complete and durable. The store
    /// goes on meanwhile; the backup holds at least everything that was durable when this was called.
    ///
    /// - Parameter progress: Called from the backup's thread with bytes written and bytes in all.
    /// - Throws: `closed`; `busy` when memory cannot be flushed; `file`, with what was there before still in place.
    package func backup(
        to path: String, progress: @escaping @Sendable (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) async throws(StoreError) -> BackupReport {
        let box = Guarded<Backup?>(nil)
        let core = core
        let storeID = storeID
        _ = await core.doors.scheduler.suspend(until: nil) { waiter in
            let backup = Backup(core: core, storeID: storeID, path: path, waiter: waiter, progress: progress)
            box.withLock { $0 = backup }
            let worker = core.doors.scheduler.startWorker("backup", priority: .background, backup.step)
            let observer = core.state.withLock { $0.observeFlushes(worker) }
            backup.observer.store(observer, ordering: .releasing)
            worker.wake()
        }
        guard let outcome = box.withLock({ $0 })?.outcome.withLock({ $0 }) else { throw .closed }
        return try outcome.get()
    }
}
