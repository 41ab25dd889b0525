import Runtime

/// The state that a store's loops and workers share, and the steps in which they hand work to each other.
final class StoreCore: Sendable {
    let doors: Doors
    let options: StoreOptions
    let state: Guarded<StoreState>
    let cache: BlockCache
    let pins: SnapshotPins
    let floors: ScanFloors
    /// The open files of segments.
    let openFiles: FileTable
    /// A group takes no more when it has so many bytes.
    private let groupByteLimit: Int

    init(
        doors: Doors, options: StoreOptions, version: Version, durable: UInt64, flushed: FlushPoint,
        openFiles: FileTable
    ) {
        self.openFiles = openFiles
        floors = ScanFloors(markLimit: options.scanMarkLimit, walkLimit: options.scanWalkLimit)
        cache = BlockCache(byteCount: options.cacheByteCount)
        pins = SnapshotPins(clock: doors.clock, limit: options.snapshotSecondsLimit)
        self.doors = doors
        self.options = options
        state = Guarded(StoreState(version: version, durable: durable, flushed: flushed))
        groupByteLimit = min(1 << 20, options.logFileByteCount / 4)
    }

    func makeMemtable() -> Memtable {
        Self.makeMemtable(options)
    }

    static func makeMemtable(_ options: StoreOptions) -> Memtable {
        // 1 bit for 8 bytes of entries: with entries of 100 bytes and more, 12 bits a key.
        var filterByteCount = 64
        while filterByteCount < options.memtableByteCount / 64 { filterByteCount <<= 1 }
        return Memtable(filterByteCount: filterByteCount)
    }

    // MARK: From the loops

    /// The newest durable state. Number and version are taken under one lock: a version taken later could lack what
    /// the number needs.
    func snapshot() -> Snapshot {
        let (number, version) = state.withLock { ($0.durable, $0.version) }
        return Snapshot(
            number: number, version: version, cache: cache, floors: floors, pin: options.isReadOnly ? nil : pins.begin()
        )
    }

    /// - Returns: why the transaction is refused, nil when it is in the queue.
    func enqueue(_ pending: PendingTransaction) -> StoreError? {
        let (refusal, worker) = state.withLock { state -> (StoreError?, (any Worker)?) in
            if state.isClosing || state.isStopped { return (.closed, nil) }
            if state.isStorageFull { return (.storageFull, nil) }
            if state.queueDepth >= options.queueLimit || state.refusesForStall { return (.busy, nil) }
            state.queue.append(pending)
            state.queueDepth += 1
            guard state.isCommitIdle else { return (nil, nil) }
            state.isCommitIdle = false
            return (nil, state.commitWorker)
        }
        worker?.wake()
        return refusal
    }

    // MARK: From the commit worker

    /// Puts a transaction that ran into the newest group, or lets it wait for what it saw.
    /// - Parameters:
    ///   - payload: Nil when it wrote nothing.
    ///   - written: For the statistics: what is in memory now.
    func hand(
        over pending: PendingTransaction, payload: [UInt8]?, number: UInt64, digest: [UInt8]?, topics: [StoreTopic],
        written: Version
    ) {
        let (worker, answersNow) = state.withLock { state -> ((any Worker)?, Bool) in
            state.queueDepth -= 1
            if state.isStopped {
                // It ran, but the log will never hear of it.
                pending.fail(.closed)
                return (nil, true)
            }
            state.statistics.transactionCount += 1
            state.statistics.entryCount = written.entryCount
            state.statistics.memtableByteCount = written.byteCount
            guard let payload else {
                if !state.groups.isEmpty {
                    state.groups[state.groups.count - 1].waiting.append(pending)
                } else if state.isWriting {
                    state.waitingForCurrent.append(pending)
                } else {
                    return (nil, true)
                }
                return (nil, false)
            }
            let last = state.groups.count - 1
            if last < 0 || state.groups[last].payload.count + payload.count > groupByteLimit {
                state.groups.append(CommitGroup(firstNumber: number, lastNumber: number))
            }
            let position = state.groups.count - 1
            state.groups[position].payload.append(contentsOf: payload)
            state.groups[position].lastNumber = number
            if let digest { state.groups[position].digest = digest }
            for topic in topics where !state.groups[position].topics.contains(topic) {
                state.groups[position].topics.append(topic)
            }
            state.groups[position].waiting.append(pending)
            state.pendingByteCount += payload.count
            guard state.isLogIdle else { return (nil, false) }
            state.isLogIdle = false
            return (state.logWorker, false)
        }
        if answersNow { pending.waiter?.resume() }
        worker?.wake()
    }

    // MARK: From the log worker

    /// The next group to write; nil when there is none, and the worker will be woken for the next.
    func takeGroup() -> CommitGroup? {
        let (group, commit) = state.withLock { state -> (CommitGroup?, (any Worker)?) in
            guard !state.groups.isEmpty else {
                state.isLogIdle = true
                return (nil, nil)
            }
            let group = state.groups.removeFirst()
            state.isWriting = true
            state.isLogIdle = false
            state.pendingByteCount -= group.payload.count
            guard state.isCommitIdle, state.queueDepth > 0 || state.isClosing else { return (group, nil) }
            state.isCommitIdle = false
            return (group, state.commitWorker)
        }
        commit?.wake()
        return group
    }

    /// The group is durable: readers see it, and whoever waited goes on.
    func complete(_ group: CommitGroup, microseconds: UInt64, _ writer: LogWriter) {
        let syncs = writer.syncCount
        let bytes = writer.writtenByteCount
        let fileNumber = writer.fileNumber
        let start = writer.fileStart
        let (more, signals, flusher) = state.withLock {
            state -> ([PendingTransaction], [WakeSignal], (any Worker)?) in
            state.durable = group.lastNumber
            state.isWriting = false
            state.latencies.add(microseconds: microseconds)
            state.statistics.syncMicroseconds.add(microseconds)
            state.statistics.groupSizes.add(group.transactionCount)
            state.statistics.ingestedByteCount += UInt64(group.payload.count)
            state.statistics.groupCount += 1
            state.statistics.largestGroup = max(state.statistics.largestGroup, group.transactionCount)
            state.statistics.syncCount = syncs
            state.statistics.logByteCount = bytes
            if state.logFileNumber != fileNumber {
                state.logFileNumber = fileNumber
                state.logStarts.append(start)
            }
            state.statistics.logFileCount = state.logStarts.count
            defer { state.waitingForCurrent.removeAll() }
            var signals: [WakeSignal] = []
            for subscriber in state.subscribers {
                let heard = group.topics.filter { $0.number == subscriber.topic.number }
                guard !heard.isEmpty else { continue }
                // What is told must be there to be taken when the signal wakes somebody.
                subscriber.inbox?.put(heard)
                if let signal = subscriber.signal { signals.append(signal) }
            }
            // What is frozen may be flushed only once it is durable.
            return (state.waitingForCurrent, signals, state.version.memtables.count > 1 ? state.segmentWorker : nil)
        }
        for pending in group.waiting { pending.waiter?.resume() }
        for pending in more { pending.waiter?.resume() }
        for signal in signals { signal.notify() }
        flusher?.wake()
    }

    /// Whether all that was asked for is in the log. Once that is so, the log is left alone, and the last flush begins.
    /// - Parameter start: Where the current file begins: a mark may have begun it without anyone's notice.
    func becomeQuiet(_ start: LogStart) -> Bool {
        let (isQuiet, worker) = state.withLock { state -> (Bool, (any Worker)?) in
            guard state.isClosing, state.isCommitFinished, state.groups.isEmpty else { return (false, nil) }
            if state.logFileNumber != start.fileNumber {
                state.logFileNumber = start.fileNumber
                state.logStarts.append(start)
            }
            defer { state.isLogQuiet = true }
            return (true, state.isLogQuiet ? nil : state.segmentWorker)
        }
        worker?.wake()
        return isQuiet
    }

    /// Nil until the last flush ended; then whether the log is not needed any more.
    var lastFlush: Bool? { state.withLock { $0.lastFlush } }

    var hasStopped: Bool { state.withLock { $0.isStopped } }

    var isClosing: Bool { state.withLock { $0.isClosing } }

    /// The log has waited long for room: whoever waits for `current` or for what comes after it is told that the outcome
    /// is not known yet, and whoever has not run that nothing was done. What ran stays to be written.
    func answerUnknown(_ current: inout CommitGroup?) {
        var waiting = current?.waiting ?? []
        current?.waiting = []
        let refused = state.withLock { state -> [PendingTransaction] in
            waiting += state.waitingForCurrent
            state.waitingForCurrent.removeAll()
            for index in state.groups.indices {
                waiting += state.groups[index].waiting
                state.groups[index].waiting = []
            }
            defer { state.queue.removeAll() }
            state.queueDepth -= state.queue.count
            return state.queue
        }
        for pending in waiting { pending.fail(.outcomeUnknown) }
        for pending in refused { pending.fail(.storageFull) }
        for pending in waiting { pending.waiter?.resume() }
        for pending in refused { pending.waiter?.resume() }
    }

    /// Something else than the log found the volume full: the log, which knows when there is room again, looks.
    func noteFull() {
        setStorageFull(true)
        let worker = state.withLock { state -> (any Worker)? in
            state.isLogIdle = false
            return state.logWorker
        }
        worker?.wake()
    }

    var isStorageFull: Bool { state.withLock { $0.isStorageFull } }

    func setStorageFull(_ isFull: Bool) {
        let changed = state.withLock { state -> Bool in
            defer { state.isStorageFull = isFull }
            return state.isStorageFull != isFull
        }
        guard changed else { return }
        doors.log.write(isFull ? .error : .info, isFull ? "storage_full" : "storage_has_room", [])
    }

    func finish() {
        let (closers, observers) = state.withLock { state -> ([any Waiter], [any Worker]) in
            state.isStopped = true
            defer { state.closers.removeAll() }
            return (state.closers, state.observers)
        }
        for observer in observers { observer.wake() }
        for closer in closers { closer.resume() }
    }

    /// The log or the manifest failed: whoever ran is told that the outcome is unknown, whoever did not that nothing was done.
    /// - Parameter current: the group that was being written, if any.
    func fail(_ error: StoreError, _ current: CommitGroup?) {
        let (unknown, refused, workers, closers, isFirst) = state.withLock {
            state -> ([PendingTransaction], [PendingTransaction], [any Worker], [any Waiter], Bool) in
            let isFirst = !state.isStopped
            state.isStopped = true
            state.isWriting = false
            let unknown = (current?.waiting ?? []) + state.waitingForCurrent + state.groups.flatMap(\.waiting)
            let refused = state.queue
            state.queueDepth -= refused.count
            state.groups.removeAll()
            state.waitingForCurrent.removeAll()
            state.queue.removeAll()
            defer { state.closers.removeAll() }
            let workers = [state.commitWorker, state.logWorker, state.segmentWorker].compactMap { $0 }
            return (unknown, refused, workers + state.observers, state.closers, isFirst)
        }
        for pending in unknown { pending.fail(.outcomeUnknown) }
        for pending in refused { pending.fail(.closed) }
        for pending in unknown { pending.waiter?.resume() }
        for pending in refused { pending.waiter?.resume() }
        for closer in closers { closer.resume() }
        for worker in workers { worker.wake() }
        guard isFirst else { return }
        doors.log.write(.error, "storage_failed", [("error", error.description)])
        options.onFailure(error)
    }
}
