import Runtime

/// Where loops, commit worker and log worker of a store meet; always under one lock.
struct StoreState: Sendable {
    /// Transactions that wait to run.
    var queue: [PendingTransaction] = []
    /// Those, and the ones the commit worker has taken but not run.
    var queueDepth = 0
    /// Groups that wait for the log, oldest first; the last one still grows.
    var groups: [CommitGroup] = []
    /// Bytes of `groups`.
    var pendingByteCount = 0
    /// Whether the log worker is writing a group, and who waits for that one without being in it.
    var isWriting = false
    var waitingForCurrent: [PendingTransaction] = []

    var version: Version
    /// The last transaction on stable storage.
    var durable: UInt64

    var isClosing = false
    /// The commit worker will hand over nothing more.
    var isCommitFinished = false
    /// Nothing more will be written: the log failed, or the store is closed.
    var isStopped = false
    var isStorageFull = false
    /// The worker sleeps and must be woken when there is something for it.
    var isCommitIdle = false
    var isLogIdle = false
    var commitWorker: (any Worker)?
    var logWorker: (any Worker)?
    var closers: [any Waiter] = []

    var subscribers: [(topic: StoreTopic, signal: WakeSignal)] = []
    var statistics = StoreStatistics()
    var latencies = LatencyHistogram()

    init(version: Version, durable: UInt64) {
        self.version = version
        self.durable = durable
    }
}
