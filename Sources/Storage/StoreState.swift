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

    /// How far segments hold everything; always in step with `version`.
    var flushed: FlushPoint
    /// The newest log file, and where each file began that may still be needed.
    var logFileNumber: UInt64 = 0
    var logStarts: [LogStart] = []

    /// The commit worker should freeze its memtable, for a backup.
    var wantsFreeze = false
    /// Since when writes wait for a flush, and whether they have waited too long.
    var stallStart: Instant?
    var refusesForStall = false
    /// How much deeper level 0 is than it should be; writes go slower.
    var levelPressure = 0

    var isClosing = false
    /// The log worker will write nothing more, except a seal if the last flush fails.
    var isLogQuiet = false
    /// Nil until the last flush ended; then whether everything is in segments.
    var lastFlush: Bool?
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
    var segmentWorker: (any Worker)?
    /// Workers to wake when a flush has ended, and when the store does.
    private(set) var flushObservers: [Int: any Worker] = [:]
    private var observerCount = 0
    var closers: [any Waiter] = []

    var subscribers: [(topic: StoreTopic, signal: WakeSignal?, inbox: TopicInbox?)] = []
    var statistics = StoreStatistics()
    var latencies = LatencyHistogram()

    mutating func observeFlushes(_ worker: any Worker) -> Int {
        observerCount += 1
        flushObservers[observerCount] = worker
        return observerCount
    }

    mutating func endObserving(_ number: Int) { flushObservers[number] = nil }

    /// In the order in which they came.
    var observers: [any Worker] { flushObservers.sorted { $0.key < $1.key }.map(\.value) }

    init(version: Version, durable: UInt64, flushed: FlushPoint) {
        self.flushed = flushed
        self.version = version
        self.durable = durable
    }
}
