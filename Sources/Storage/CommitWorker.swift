import Bytes
import Runtime

/// Runs transactions one after another over the newest state and hands their changes to the log worker.
///
/// Everything but `core` belongs to the worker's own steps.
final class CommitWorker: @unchecked Sendable {
    /// Transactions in one step, before the log's limits are looked at again.
    private static let stepLimit = 32
    /// Bytes of entries in one step while writes are slowed down.
    private static let slowStepByteCount = 24 << 10

    private let core: StoreCore
    private let overlay = Memtable(filterByteCount: 0, firstChunkByteCount: 1 << 16)
    private let randomness: TransactionRandomness
    private var taken: [PendingTransaction] = []
    private var position = 0
    private var version: Version
    private var number: UInt64
    private var now: Timestamp
    private var writer = ByteWriter(capacity: 1 << 16)
    /// The application's digest after `number`.
    private var digest: [UInt8]
    private var levelPressure = 0
    /// The tables and indexes some of whose scans have floors.
    private var watched = Set<UInt16>()

    init(core: StoreCore, version: Version, number: UInt64, now: Timestamp, digest: [UInt8]) {
        self.digest = digest
        self.core = core
        self.version = version
        self.number = number
        self.now = now
        randomness = TransactionRandomness(seed: core.options.seed, entropy: core.doors.entropy)
    }

    func step() -> WorkerStep {
        let wantsMore = take()
        if case .finished = wantsMore { return .finished }
        var left = Self.stepLimit
        let isSlowed = pauseMilliseconds > 0
        let byteLimit = version.memtables[0].byteCount + (isSlowed ? Self.slowStepByteCount : .max / 2)
        while position < taken.count, left > 0 {
            guard makeRoom() else { return stall() }
            run(taken[position])
            position += 1
            left -= 1
            if version.memtables[0].byteCount > byteLimit { break }
        }
        let pause = pauseMilliseconds
        if pause > 0, case .again = wantsMore {
            return .wait(until: core.doors.clock.instant().adding(milliseconds: pause))
        }
        return wantsMore
    }

    /// How long a step waits, so that flushes and compactions keep up: ever longer the further they are behind, and
    /// never so long that anybody would call it a stop. 0 when they are not.
    private var pauseMilliseconds: Int {
        var pressure = levelPressure
        if version.memtables.count > 1 {
            // While a full memtable is written out, the second half of the next one fills ever slower.
            pressure = max(pressure, version.memtables[0].byteCount * 8 / core.options.memtableByteCount - 3)
        }
        return pressure <= 0 ? 0 : 1 << min(pressure - 1, 4)
    }

    /// Takes the queue when all of the last one has run.
    private func take() -> WorkerStep {
        if position == taken.count {
            taken.removeAll(keepingCapacity: true)
            position = 0
        }
        var next = taken
        let isEmpty = taken.isEmpty
        let limit = core.options.pendingByteLimit
        var durable: UInt64 = 0
        let (step, log, wantsFreeze) = core.state.withLock { state -> (WorkerStep, (any Worker)?, Bool) in
            version = state.version
            durable = state.durable
            levelPressure = state.levelPressure
            if state.pendingByteCount >= limit, !state.isStopped {
                state.isCommitIdle = true
                return (.idle, nil, false)
            }
            if isEmpty { swap(&next, &state.queue) }
            if !next.isEmpty {
                state.isCommitIdle = false
                return (.again, nil, state.wantsFreeze)
            }
            if state.isClosing || state.isStopped {
                state.isCommitFinished = true
                // Nobody writes to it any more.
                freezeFields()
                return (.finished, state.logWorker, false)
            }
            state.isCommitIdle = true
            return (.idle, nil, state.wantsFreeze)
        }
        log?.wake()
        if wantsFreeze { freeze() }
        if case .again = step {
            taken = next
            setFloors(durable: durable)
        }
        return step
    }

    // MARK: Room in memory

    /// Whether the memtable can take another transaction; starts the next one if need be.
    private func makeRoom() -> Bool {
        version.memtables[0].byteCount < core.options.memtableByteCount || freeze()
    }

    /// Puts an empty memtable in front of the full one, unless there are two already.
    @discardableResult
    private func freeze() -> Bool {
        guard version.memtables.count < 2 || core.state.withLock({ $0.version.memtables.count }) < 2 else {
            return false
        }
        freezeFields()
        let table = core.makeMemtable()
        let (next, worker) = core.state.withLock { state -> (Version, (any Worker)?) in
            let next = Version(memtables: [table] + state.version.memtables, levels: state.version.levels)
            state.version = next
            state.wantsFreeze = false
            return (next, state.segmentWorker)
        }
        version = next
        worker?.wake()
        return true
    }

    private func freezeFields() {
        let table = version.memtables[0]
        table.frozenNumber = number
        table.frozenDigest = digest
        table.frozenMilliseconds = now.milliseconds
    }

    /// Writes wait for a flush; when that takes too long they are refused, and new ones too, until it ends.
    private func stall() -> WorkerStep {
        let instant = core.doors.clock.instant()
        let milliseconds = core.options.stallMilliseconds
        let (due, queue) = core.state.withLock { state -> (Instant?, [PendingTransaction]) in
            if state.stallStart == nil {
                state.stallStart = instant
                state.statistics.stallCount += 1
            }
            let due = (state.stallStart ?? instant).adding(milliseconds: milliseconds)
            if instant < due, !state.isStopped { return (due, []) }
            state.refusesForStall = true
            state.isCommitIdle = false
            defer { state.queue.removeAll() }
            return (nil, state.queue)
        }
        if let due { return .wait(until: due) }
        let refused = taken[position...] + queue
        core.state.withLock { $0.queueDepth -= refused.count }
        position = taken.count
        for pending in refused {
            pending.fail(.busy)
            pending.waiter?.resume()
        }
        return .again
    }

    private func run(_ pending: PendingTransaction) {
        now = max(now, core.doors.clock.now())
        overlay.reset()
        let transaction = Transaction(
            number: number, version: version, cache: core.cache, overlay: overlay, now: now,
            options: core.options, randomness: randomness, floors: core.floors)
        pending.run(in: transaction)
        if let failure = transaction.failure { pending.fail(failure) }
        let writes = !pending.hasFailed && transaction.hasEffects
        if writes {
            if let digest = transaction.digest { self.digest = digest }
            apply()
        }
        core.hand(
            over: pending, payload: writes ? writer.bytes : nil, number: number, digest: transaction.digest,
            topics: transaction.topics, written: version)
    }

    /// Finds how far the fronts of ranges that readers named are only marks of deleted entries. Everything this worker
    /// has applied is seen, so what it inserts later lowers a floor that is set now.
    private func setFloors(durable: UInt64) {
        for suggestion in core.floors.takeSuggestions(durable: durable) {
            let start = core.floors.floor(of: suggestion.lower, number: number) ?? suggestion.lower
            guard suggestion.upper.withWords({ start.compare($0) < 0 }) else { continue }
            do {
                var cursor = try MergeCursor(
                    overlay: nil, version: version, cache: core.cache, number: number, lower: start,
                    upper: suggestion.upper, order: .ascending)
                cursor.markLimit = core.floors.walkLimit
                let entry = try cursor.next()
                let floor = entry.map { RawKey($0.key(from: 0)) } ?? cursor.restingKey ?? suggestion.upper
                core.floors.set(floor, of: suggestion.lower, number: number)
                watched.insert(suggestion.lower.withWords { $0.tableAndIndex })
            } catch {
                // Without a floor scans are slower; whoever reads there next tells of the damage.
                return
            }
        }
    }

    /// Gives the transaction its number and puts its entries into the memtable, where only later transactions see
    /// them until they are durable.
    private func apply() {
        number += 1
        let table = version.memtables[0]
        writer.bytes.removeAll(keepingCapacity: true)
        let number = number
        let watched = watched
        Batch.encode(overlay, milliseconds: now.milliseconds, to: &writer) { node in
            if !node.isDeletion, watched.contains(node.words.tableAndIndex) { core.floors.lower(to: node.words) }
            unsafe table.insert(node.words, number: number, value: node.isDeletion ? nil : node.valueBytes)
        }
    }
}
