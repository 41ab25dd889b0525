import CLinux
import Glibc
import Runtime

/// One thread that runs tasks and waits for descriptors, deadlines and messages of other threads.
///
/// It is the preferred executor of its tasks. Jobs queued on its own thread need no lock; those of other threads come
/// through an inbox, and wake the loop only when it sleeps.
@safe
final class EventLoop: TaskExecutor, @unchecked Sendable {
    // Everything mutable below the inbox is touched only on the loop's own thread.

    private struct Inbox: Sendable {
        var jobs: [UnownedJob] = []
        var messages: [@Sendable () -> Void] = []
        var isAsleep = false
    }

    /// Jobs run before descriptors are looked at again.
    private static let jobBudget = 256
    private static let eventCapacity = 256

    let index: Int
    private let poller: CInt
    private let wakeUp: CInt
    private let inbox = Guarded(Inbox())

    private var ready: [UnownedJob] = []
    private var batch: [UnownedJob] = []
    private var messages: [@Sendable () -> Void] = []
    private var yielded: [Turn] = []
    private var entries: [LoopEntry?] = []
    private var timers = TimerHeap()
    /// Where bytes are received before they are appended to a buffer of just their size.
    let scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 65_536)

    /// Makes the loop; ``start()`` gives it its thread.
    init(index: Int) {
        self.index = index
        poller = epoll_create1(CInt(O_CLOEXEC))
        wakeUp = eventfd(0, CInt(O_CLOEXEC | O_NONBLOCK))
        precondition(poller >= 0 && wakeUp >= 0, "the system refused an event loop: error \(errno)")
        // Edge-triggered: each write is an event of its own, so the counter is never read.
        let isWatched = control(EPOLL_CTL_ADD, wakeUp, Readiness.readable | Readiness.edgeTriggered)
        precondition(isWatched, "the system refused to watch a descriptor: error \(errno)")
    }

    func start() {
        NativeThread.start("loop", stackByteCount: 2 << 20) { self.run() }
    }

    var isCurrent: Bool { CurrentLoop.isCurrent(self) }

    // MARK: Jobs

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            ready.append(job)
            return
        }
        let mustWake = inbox.withLock { inbox -> Bool in
            inbox.jobs.append(job)
            defer { inbox.isAsleep = false }
            return inbox.isAsleep
        }
        if mustWake { _ = eventfd_write(wakeUp, 1) }
    }

    /// Runs `message` on the loop's thread, between jobs. It must be short.
    func post(_ message: @escaping @Sendable () -> Void) {
        let mustWake = inbox.withLock { inbox -> Bool in
            inbox.messages.append(message)
            defer { inbox.isAsleep = false }
            return inbox.isAsleep
        }
        if mustWake { _ = eventfd_write(wakeUp, 1) }
    }

    /// Lets other tasks and descriptors have their turn. The caller's task runs on this loop.
    func yield() async {
        await unsafe withUnsafeContinuation { continuation in
            yielded.append(unsafe Turn(continuation))
        }
    }

    // MARK: Descriptors

    /// Watches `descriptor` for `events`, until it is closed and forgotten; false when the system refuses.
    func watch(_ descriptor: CInt, _ events: UInt32, _ entry: LoopEntry) -> Bool {
        guard control(EPOLL_CTL_ADD, descriptor, events) else { return false }
        let slot = Int(descriptor)
        if slot >= entries.count {
            entries += Array(repeating: nil, count: max(64, slot + 1 - entries.count, entries.count))
        }
        entries[slot] = entry
        return true
    }

    /// Forgets `descriptor`. Jobs, and so closings, never run between a wait and the end of its events: no event of an
    /// old descriptor can meet a new one with the same number.
    func forget(_ descriptor: CInt) {
        _ = control(EPOLL_CTL_DEL, descriptor, 0)
        entries[Int(descriptor)] = nil
    }

    private func control(_ operation: CInt, _ descriptor: CInt, _ events: UInt32) -> Bool {
        var event = unsafe epoll_event()
        unsafe event.events = events
        unsafe event.data.u64 = UInt64(UInt32(bitPattern: descriptor))
        return unsafe epoll_ctl(poller, operation, descriptor, &event) == 0
    }

    // MARK: Timers

    /// Deadlines being waited for.
    var timerCount: Int { timers.count }

    /// Makes `entry` fire at `deadline`, or earlier if it already stands earlier: then it looks again by itself.
    func fire(_ entry: LoopEntry, notAfter deadline: UInt64) {
        guard deadline != .max else { return }
        if let current = timers.deadline(of: entry), current <= deadline { return }
        timers.set(entry, to: deadline)
    }

    func cancelTimer(_ entry: LoopEntry) {
        timers.remove(entry)
    }

    // MARK: The loop

    private func run() -> Never {
        CurrentLoop.enter(self)
        let executor = unsafe asUnownedTaskExecutor()
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: Self.eventCapacity)
        while true {
            var jobCount = 0
            while jobCount < Self.jobBudget, takeBatch() {
                for job in batch { unsafe job.runSynchronously(on: executor) }
                jobCount += batch.count
                batch.removeAll(keepingCapacity: true)
            }
            unsafe poll(events, mayBlock: jobCount < Self.jobBudget)
        }
    }

    /// Moves everything that is ready into `batch` and handles messages; false when there was nothing, and then other
    /// threads know that they must wake this one.
    private func takeBatch() -> Bool {
        swap(&ready, &batch)
        inbox.withLock { inbox in
            if !inbox.jobs.isEmpty {
                batch += inbox.jobs
                inbox.jobs.removeAll(keepingCapacity: true)
            }
            if !inbox.messages.isEmpty { swap(&inbox.messages, &messages) }
            inbox.isAsleep = batch.isEmpty && messages.isEmpty && yielded.isEmpty
        }
        guard !messages.isEmpty else { return !batch.isEmpty }
        for message in messages { message() }
        messages.removeAll()
        return true
    }

    /// Handles descriptors and deadlines; waits for the first of them when `mayBlock`.
    private func poll(_ events: UnsafeMutablePointer<epoll_event>, mayBlock: Bool) {
        let timeout: CInt = mayBlock && yielded.isEmpty ? untilNextTimer() : 0
        let count = unsafe epoll_wait(poller, events, CInt(Self.eventCapacity), timeout)
        if count > 0 {
            for index in 0..<Int(count) {
                let event = unsafe events[index]
                let descriptor = unsafe Int(event.data.u64)
                guard descriptor < entries.count, let entry = entries[descriptor] else { continue }
                unsafe entry.eventsReady(event.events)
            }
        }
        if timers.count > 0 {
            let now = LinuxClock.monotonicNanoseconds()
            while let entry = timers.popDue(at: now) { entry.timerFired(at: now) }
        }
        if !yielded.isEmpty {
            let turns = yielded
            yielded.removeAll()
            for turn in turns { turn.resume() }
        }
    }

    /// Milliseconds until the next deadline, rounded up, -1 without one.
    private func untilNextTimer() -> CInt {
        guard let next = timers.next else { return -1 }
        let now = LinuxClock.monotonicNanoseconds()
        guard next > now else { return 0 }
        let milliseconds = (next - now - 1) / 1_000_000 + 1
        return CInt(min(milliseconds, 3_600_000))
    }
}
