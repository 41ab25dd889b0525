import Bytes
import Runtime

/// Runs transactions one after another over the newest state and hands their changes to the log worker.
///
/// Everything but `core` belongs to the worker's own steps.
final class CommitWorker: @unchecked Sendable {
    /// Transactions in one step, before the log's limits are looked at again.
    private static let stepLimit = 32

    private let core: StoreCore
    private let overlay = Memtable(filterByteCount: 0, firstChunkByteCount: 1 << 16)
    private let randomness: TransactionRandomness
    private var taken: [PendingTransaction] = []
    private var position = 0
    private var version: Version
    private var number: UInt64
    private var now: Timestamp
    private var writer = ByteWriter(capacity: 1 << 16)

    init(core: StoreCore, version: Version, number: UInt64, now: Timestamp) {
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
        while position < taken.count, left > 0 {
            run(taken[position])
            position += 1
            left -= 1
        }
        return wantsMore
    }

    /// Takes the queue when all of the last one has run.
    private func take() -> WorkerStep {
        if position == taken.count {
            taken.removeAll(keepingCapacity: true)
            position = 0
        }
        var next = taken
        let isEmpty = taken.isEmpty
        let (step, log) = core.state.withLock { state -> (WorkerStep, (any Worker)?) in
            if state.pendingByteCount >= core.options.pendingByteLimit, !state.isStopped {
                state.isCommitIdle = true
                return (.idle, nil)
            }
            if isEmpty { swap(&next, &state.queue) }
            if !next.isEmpty {
                state.isCommitIdle = false
                return (.again, nil)
            }
            if state.isClosing || state.isStopped {
                state.isCommitFinished = true
                return (.finished, state.logWorker)
            }
            state.isCommitIdle = true
            return (.idle, nil)
        }
        log?.wake()
        if case .again = step { taken = next }
        return step
    }

    private func run(_ pending: PendingTransaction) {
        now = max(now, core.doors.clock.now())
        overlay.reset()
        let transaction = Transaction(
            number: number, version: version, overlay: overlay, now: now, options: core.options,
            randomness: randomness)
        pending.run(in: transaction)
        if let failure = transaction.failure { pending.fail(failure) }
        let writes = !pending.hasFailed && transaction.hasEffects
        if writes {
            apply()
        }
        core.hand(
            over: pending, payload: writes ? writer.bytes : nil, number: number, digest: transaction.digest,
            topics: transaction.topics, version: version)
    }

    /// Gives the transaction its number and puts its entries into the memtable, where only later transactions see
    /// them until they are durable.
    private func apply() {
        number += 1
        let table = version.sources[0]
        writer.bytes.removeAll(keepingCapacity: true)
        let number = number
        Batch.encode(overlay, milliseconds: now.milliseconds, to: &writer) { node in
            unsafe table.insert(node.words, number: number, value: node.isDeletion ? nil : node.valueBytes)
        }
        if table.byteCount >= core.options.memtableByteCount {
            version = Version(sources: [core.makeMemtable()] + version.sources)
        }
    }
}
