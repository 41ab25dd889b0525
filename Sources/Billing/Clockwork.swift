import Bytes
package import Runtime
package import Storage

/// One kind of time-driven work: what is due when, and how it is done.
package protocol DueSource: Sendable {
    /// Names the kind where counts are reported, such as `payments`.
    var kind: StaticString { get }

    /// The earliest moment at which something of the application is due, or nil.
    func nextDue(of application: ApplicationID, in snapshot: Snapshot) -> Timestamp?

    /// Does what is due at or before `now`, oldest first, at most a bounded number of items. Each item moves its own
    /// due time in the transaction that does it, so a crash repeats nothing that was committed.
    ///
    /// - Parameter waits: Whether to return only when everything begun is done; otherwise slow calls go on in tasks
    ///   of their own.
    /// - Returns: how many items were done or begun.
    func runDue(of application: ApplicationID, now: Timestamp, waits: Bool) async -> Int
}

/// Runs all time-driven work of a server: on the clock as it goes, or in steps of a clock that is moved by hand.
package final class Clockwork: Sendable {
    private let store: Store
    private let doors: Doors
    private let sources: [any DueSource]
    private let signal = WakeSignal()
    private let isStopped = Guarded(false)
    /// Held while due work runs: what a step of the clock does is done by that step alone, and counted there.
    private let turn = Turnstile()
    /// The clock that is moved by hand, in deterministic runs.
    private let manualClock: ManualClock?
    private let callers = Guarded(Callers())

    package init(store: Store, doors: Doors, sources: [any DueSource], manualClock: ManualClock? = nil) {
        self.store = store
        self.doors = doors
        self.sources = sources
        self.manualClock = manualClock
        for topic in [Topics.due, Topics.deliveries, Topics.configuration] { store.subscribe(topic, signal) }
    }

    /// Wakes the loop, as after a change of the clock.
    package func wake() {
        signal.notify()
    }

    /// Makes `run` return after its current item.
    package func stop() {
        isStopped.withLock { $0 = true }
        signal.notify()
    }

    /// The loop looks at least this often, so what falls due later than this from now needs not wake it.
    static let longestWaitMilliseconds: Int64 = 15_000

    /// Runs until `stop`. Work that is due on a clock moved by hand runs at once and is awaited, so that its order is
    /// the same on every run.
    package func run() async {
        while !isStopped.withLock({ $0 }) {
            await turn.enter(on: doors.scheduler)
            // Whoever is being answered does what falls due before the answer leaves.
            let (ran, next) = callers.withLock { $0.count > 0 } ? (0, nil) : await pass()
            turn.leave()
            guard ran == 0 else { continue }
            let now = doors.clock.now()
            var wait = Self.longestWaitMilliseconds
            if let next, manualClock == nil { wait = min(wait, max(1, next.milliseconds - now.milliseconds)) }
            await signal.wait(until: doors.clock.instant().adding(milliseconds: Int(wait)), on: doors.scheduler)
        }
    }

    /// Answers a request. On a clock moved by hand, no due work begins meanwhile, and all that is due is done before
    /// the answer leaves: so requests sent one after another, and the work that follows from them, happen in the same
    /// order on every run. Of requests at the same moment the last to end does it; nobody waits for work that is being
    /// done already, so a receiver of webhooks may ask while it is being told.
    package func answering<Answer: Sendable>(_ body: () async -> Answer) async -> Answer {
        guard manualClock != nil else { return await body() }
        callers.withLock { $0.count += 1 }
        let answer = await body()
        callers.withLock { $0.areOwed = true }
        while settles() {
            var rounds = 0
            while rounds < Self.roundLimit, await pass().ran > 0 { rounds += 1 }
            turn.leave()
        }
        return answer
    }

    /// Takes the turn for the last caller, who owes a look at what is due; else ends the caller.
    private func settles() -> Bool {
        callers.withLock { callers in
            if callers.count == 1, callers.areOwed, turn.enterAtOnce() {
                callers.areOwed = false
                return true
            }
            callers.count -= 1
            return false
        }
    }

    /// Requests being answered, where the clock is moved by hand.
    private struct Callers: Sendable {
        var count = 0
        /// Whether one has ended since due work was last looked at.
        var areOwed = false
    }

    /// Passes over what is due before an answer leaves all the same.
    private static let roundLimit = 1000

    /// Does what is due now, in every application.
    ///
    /// - Returns: how many items ran, and when the next is due.
    private func pass() async -> (ran: Int, next: Timestamp?) {
        let now = doors.clock.now()
        var ran = 0
        var next: Timestamp?
        for (time, source, application) in await due() {
            if time <= now {
                ran += await sources[source].runDue(of: application, now: now, waits: manualClock != nil)
            } else {
                next = next.map { min($0, time) } ?? time
            }
        }
        return (ran, next)
    }

    /// Every source and application that has something due at some time, soonest first.
    private func due() async -> [(Timestamp, Int, ApplicationID)] {
        let sources = self.sources
        let found = try? await store.read { snapshot in
            var found: [(Timestamp, Int, ApplicationID)] = []
            var applications: [ApplicationID] = [ApplicationID.none]
            snapshot.scan(Application.self, prefix: Key(), limit: 10_000) { application, _ in
                applications.append(application.id)
                return true
            }
            for application in applications {
                for (index, source) in sources.enumerated() {
                    if let time = source.nextDue(of: application, in: snapshot) {
                        found.append((time, index, application))
                    }
                }
            }
            return found
        }
        return (found ?? []).sorted { ($0.0, $0.1, $0.2) < ($1.0, $1.1, $1.2) }
    }

    /// Moves the clock to `target`, stopping at each moment at which something is due, so that everything happens in
    /// order and at its own time.
    ///
    /// - Returns: what ran, by kind, in order of kind.
    package func advance(to target: Timestamp, deadline: Instant) async -> AdvanceResult {
        guard let manualClock else { return AdvanceResult(ran: [], isDone: false) }
        await turn.enter(on: doors.scheduler)
        defer { turn.leave() }
        var counts = [Int](repeating: 0, count: sources.count)
        while doors.clock.instant() < deadline, !isStopped.withLock({ $0 }) {
            guard let (time, source, application) = await due().first, time <= target else {
                manualClock.set(max(target, manualClock.now()))
                return result(counts, isDone: true)
            }
            if time > manualClock.now() { manualClock.set(time) }
            let ran = await sources[source].runDue(of: application, now: manualClock.now(), waits: true)
            counts[source] += ran
            // Somebody else is at it, or it cannot be done: no use in asking at once again.
            if ran == 0 { await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 20)) }
        }
        return result(counts, isDone: false)
    }

    private func result(_ counts: [Int], isDone: Bool) -> AdvanceResult {
        AdvanceResult(
            ran: zip(sources, counts).filter { $0.1 > 0 }.map { (kind: $0.0.kind, count: $0.1) }, isDone: isDone)
    }
}

/// What came of moving the clock.
package struct AdvanceResult: Sendable {
    package let ran: [(kind: StaticString, count: Int)]
    /// False when the deadline passed first; the same call goes on.
    package let isDone: Bool
}
