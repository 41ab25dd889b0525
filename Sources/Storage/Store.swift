package import Runtime

/// The store: typed tables over a write-ahead log, memory and sorted segments.
///
/// One process has a directory open at a time. Reads see the newest durable state; transactions run one after another
/// and are answered when they are on stable storage.
package final class Store: Sendable {
    let core: StoreCore
    private let directory: String
    /// Held by a store that is open for reading only; otherwise the log worker has it.
    private let readerLock: (any FileLock)?

    /// What the last transaction before the store was opened had set with `setDigest`; nil when none ever did.
    package let recoveredDigest: [UInt8]?
    /// 16 random bytes that are the store's own.
    package let storeID: [UInt8]
    /// Where the store stood when it was opened.
    let recoveredPoint: FlushPoint

    private init(
        core: StoreCore, directory: String, readerLock: (any FileLock)?, recoveredDigest: [UInt8]?, storeID: [UInt8],
        recoveredPoint: FlushPoint
    ) {
        self.core = core
        self.directory = directory
        self.readerLock = readerLock
        self.recoveredDigest = recoveredDigest
        self.storeID = storeID
        self.recoveredPoint = recoveredPoint
    }

    /// Whether it was opened to be read only.
    var isReadOnly: Bool { readerLock != nil }

    /// Opens the store in `directory`, and recovers what its log says.
    ///
    /// - Throws: `held` when another process has it, `corrupt` when the log cannot be believed, `newerFormat`, `file`.
    ///   Nothing was changed then, and the lock is free again.
    package static func open(
        directory: String, doors: Doors, options: StoreOptions = StoreOptions()
    ) throws(StoreError) -> Store {
        options.check()
        let lock = try prepare(directory, doors.files, options)
        do {
            try checkThatItIsWhole(directory, doors.files)
            return try open(directory, doors, options, lock)
        } catch {
            lock.release()
            throw error
        }
    }

    /// Makes the directory if that is wanted, and takes the lock.
    private static func prepare(
        _ directory: String, _ files: any FileSystem, _ options: StoreOptions
    ) throws(StoreError) -> any FileLock {
        let lockPath = directory + "/lock"
        do throws(FileError) {
            if try files.status(directory) == nil {
                guard options.createsStore, !options.isReadOnly else {
                    throw FileError(.notFound, operation: "open", path: directory)
                }
                try files.makeDirectory(directory)
                try files.syncDirectory(parent(of: directory))
            }
            return try files.lock(lockPath, note: options.holderNote)
        } catch {
            throw error.reason == .isBusy ? .held(by: note(in: lockPath, files)) : .file(error)
        }
    }

    /// What an interrupted restore left is no store.
    private static func checkThatItIsWhole(_ directory: String, _ files: any FileSystem) throws(StoreError) {
        let isBeingRestored: Bool
        do {
            isBeingRestored = try self.isBeingRestored(directory, files: files)
        } catch {
            throw .file(error)
        }
        guard !isBeingRestored else {
            throw .corrupt(
                file: directory + "/" + Restore.markerName, offset: 0, reason: "a restore into it was not completed")
        }
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func note(in path: String, _ files: any FileSystem) -> String {
        guard let file = try? files.open(path, .readOnly), let bytes = try? file.read(at: 0, count: 256) else {
            return "unknown"
        }
        file.close()
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func open(
        _ directory: String, _ doors: Doors, _ options: StoreOptions, _ lock: any FileLock
    ) throws(StoreError) -> Store {
        let begin = doors.clock.instant()
        do {
            // What an earlier process renamed may not be durable yet.
            if !options.isReadOnly { try doors.files.syncDirectory(directory) }
        } catch {
            throw .file(error)
        }
        let recovery = StoreRecovery(directory: directory, doors: doors, options: options)
        let recovered = try recovery.run()
        let outcome = recovered.outcome
        if outcome.isTorn { doors.log.write(.info, "storage_torn_tail_cut", [("directory", directory)]) }
        if let cut = outcome.cut {
            doors.log.write(
                .error, "storage_damaged_tail_cut",
                [
                    ("file", LogFormat.fileName(outcome.fileNumber)), ("offset", String(cut.offset)),
                    ("reason", cut.reason),
                ])
        }
        let version = Version(memtables: recovered.tables, levels: recovered.levels)
        let core = StoreCore(
            doors: doors, options: options, version: version, durable: outcome.number, flushed: recovered.flushed,
            openFiles: recovered.openFiles)
        var storeID = outcome.storeID
        if options.isReadOnly {
            core.state.withLock { $0.isStopped = true }
        } else {
            storeID = try start(core, directory, recovered, version, lock)
        }
        let microseconds = doors.clock.instant().nanoseconds(since: begin) / 1000
        core.state.withLock { state in
            state.statistics.recoveredTransactionCount =
                outcome.number &- (outcome.starts.first?.previousNumber ?? outcome.number)
            state.statistics.recoveredByteCount = outcome.byteCount
            state.statistics.recoveryMicroseconds = microseconds
            state.statistics.logFileCount = options.isReadOnly ? outcome.starts.count : state.logStarts.count
            state.statistics.segmentCounts = recovered.levels.map(\.count)
            state.statistics.segmentByteCounts = recovered.levels.map { $0.reduce(0) { $0 + $1.summary.byteCount } }
        }
        let hasDigest = outcome.digest.contains { $0 != 0 }
        return Store(
            core: core, directory: directory, readerLock: options.isReadOnly ? lock : nil,
            recoveredDigest: hasDigest ? outcome.digest : nil, storeID: storeID,
            recoveredPoint: FlushPoint(
                number: outcome.number, digest: outcome.digest, milliseconds: outcome.milliseconds))
    }

    /// Makes the new log file and, if need be, the new manifest, and starts the workers.
    private static func start(
        _ core: StoreCore, _ directory: String, _ recovered: StoreRecovery.Result, _ version: Version,
        _ lock: any FileLock
    ) throws(StoreError) -> [UInt8] {
        let doors = core.doors
        let outcome = recovered.outcome
        let ballast = Ballast(directory: directory, files: doors.files, options: core.options)
        let begun: StoreBeginning
        do {
            begun = try StoreBeginning(directory: directory, core: core, recovered: recovered, ballast: ballast)
        } catch {
            throw .file(error)
        }
        ballast.restore()
        core.setStorageFull(!ballast.hasRoom)
        let log = LogWorker(core: core, writer: begun.writer, ballast: ballast, lock: lock)
        let commit = CommitWorker(
            core: core, version: version, number: outcome.number,
            now: Timestamp(milliseconds: outcome.milliseconds), digest: outcome.digest)
        let segments = SegmentWorker(
            core: core, directory: directory, ballast: ballast, manifest: begun.manifest,
            levels: recovered.levels)
        core.state.withLock { state in
            state.logFileNumber = begun.writer.fileNumber
            state.logStarts =
                outcome.endsBeforeSegments ? [begun.writer.fileStart] : outcome.starts + [begun.writer.fileStart]
        }
        let logWorker = doors.scheduler.startWorker("log", priority: .normal, log.step)
        let commitWorker = doors.scheduler.startWorker("commit", priority: .normal, commit.step)
        // Not in the background: writes wait for it in the end, and it makes pauses of its own.
        let segmentWorker = doors.scheduler.startWorker("segments", priority: .normal, segments.step)
        core.state.withLock { state in
            state.logWorker = logWorker
            state.commitWorker = commitWorker
            state.segmentWorker = segmentWorker
        }
        Scrub.start(core, directory: directory)
        return begun.writer.storeID
    }

    // MARK: Reading

    /// Runs `body` over the newest durable state, on the caller's loop.
    /// - Throws: what `body` throws, or the store's own failure.
    package func read<Answer: Sendable>(_ body: (Snapshot) throws -> Answer) async throws -> Answer {
        try readSync(body)
    }

    /// The same for workers, which have no loop.
    package func readSync<Answer: Sendable>(_ body: (Snapshot) throws -> Answer) throws -> Answer {
        let snapshot = core.snapshot()
        let answer = try body(snapshot)
        if let failure = snapshot.failure { throw failure }
        return answer
    }

    // MARK: Writing

    /// Runs `body` over the newest state, alone, and answers when its changes and everything it saw are durable.
    ///
    /// A body that throws changes nothing; its error too waits until what it saw is durable.
    /// - Throws: what `body` throws, or a `StoreError`.
    package func transact<Answer: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Answer
    ) async throws -> Answer {
        let pending = TypedTransaction(body)
        var refusal: StoreError?
        _ = await core.doors.scheduler.suspend(until: nil) { waiter in
            pending.waiter = waiter
            refusal = core.enqueue(pending)
            if refusal != nil { waiter.resume() }
        }
        if let refusal { throw refusal }
        return try pending.answer()
    }

    /// Has `signal` notified, and `inbox` told, whenever a transaction that called `notify` with a topic of this number,
    /// whatever it is about, has become durable.
    package func subscribe(_ topic: StoreTopic, _ signal: WakeSignal?, inbox: TopicInbox? = nil) {
        core.state.withLock { $0.subscribers.append((topic, signal, inbox)) }
    }

    /// The last transaction that is on stable storage.
    package var durableNumber: UInt64 {
        core.state.withLock { $0.durable }
    }

    package var statistics: StoreStatistics {
        let cache = core.cache.statistics
        let held = core.pins.held
        let openFileCount = core.openFiles.openCount
        let now = core.doors.clock.instant()
        return core.state.withLock { state in
            var statistics = state.statistics
            statistics.durableNumber = state.durable
            statistics.queueDepth = state.queueDepth
            statistics.isStorageFull = state.isStorageFull
            statistics.syncMedianMicroseconds = state.latencies.percentile(50)
            statistics.sync99thPercentileMicroseconds = state.latencies.percentile(99)
            statistics.openFileCount = openFileCount
            statistics.snapshotCount = held.count
            statistics.oldestSnapshotSeconds = held.oldest.map { now.nanoseconds(since: $0) / 1_000_000_000 } ?? 0
            if let start = state.stallStart { statistics.stallMicroseconds += now.nanoseconds(since: start) / 1000 }
            statistics.memtableCount = state.version.memtables.count
            statistics.cacheHitCount = cache.hitCount
            statistics.cacheMissCount = cache.missCount
            statistics.cacheByteCount = cache.byteCount
            return statistics
        }
    }

    /// Refuses new transactions, finishes those that wait, writes all that is in memory to segments, so that the next
    /// start has nothing to recover, and frees the directory. Reads go on.
    package func close() async {
        if let readerLock {
            readerLock.release()
            return
        }
        _ = await core.doors.scheduler.suspend(until: nil) { waiter in
            let workers = core.state.withLock { state -> [any Worker]? in
                guard !state.isStopped else { return nil }
                state.isClosing = true
                state.closers.append(waiter)
                return [state.commitWorker, state.logWorker].compactMap { $0 }
            }
            guard let workers else {
                waiter.resume()
                return
            }
            for worker in workers { worker.wake() }
        }
    }
}
