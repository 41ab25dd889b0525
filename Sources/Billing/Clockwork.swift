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

    /// Whether it works on an application whose data is being deleted.
    var worksDuringReset: Bool { get }
}

extension DueSource {
    package var worksDuringReset: Bool { false }

    /// The same as `nextDue`, but while the application's data is being deleted nothing else is due.
    func next(of application: ApplicationID, isResetting: Bool, in snapshot: Snapshot) -> Timestamp? {
        isResetting && !worksDuringReset ? nil : nextDue(of: application, in: snapshot)
    }
}

/// Runs all time-driven work of a server: on the clock as it goes, or in steps of a clock that is moved by hand.
package final class Clockwork: Sendable {
    private let store: Store
    private let doors: Doors
    private let sources: [any DueSource]
    /// Looks at the clock before due work is done by it; nil where nothing is ever held.
    private let watch: HoldWatch?
    private let signal = WakeSignal()
    private let isStopped = Guarded(false)
    /// Held while due work runs: what a step of the clock does is done by that step alone, and counted there.
    private let turn = Turnstile()
    /// The clock that is moved by hand, in deterministic runs.
    private let manualClock: ManualClock?
    private let callers = Guarded(Callers())
    /// What transactions told of applications whose due times may have changed.
    private let inbox = TopicInbox()
    private let agenda = Guarded(Agenda())
    /// Applications whose own clocks are being moved: what is due there is done in that order alone.
    private let advancing = Guarded<Set<ApplicationID>>([])

    package init(
        store: Store, doors: Doors, sources: [any DueSource], manualClock: ManualClock? = nil, watch: HoldWatch? = nil
    ) {
        self.store = store
        self.doors = doors
        self.sources = sources + (watch.map { [$0] } ?? [])
        self.watch = watch
        self.manualClock = manualClock
        for topic in [Topics.due, Topics.deliveries, Topics.configuration] {
            store.subscribe(topic, signal, inbox: inbox)
        }
        store.subscribe(Topics.schedule, nil, inbox: inbox)
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

    /// Does what is due now, in every application, by each one's clock.
    ///
    /// - Returns: how many items ran, and when the next is due by the server's clock.
    private func pass() async -> (ran: Int, next: Timestamp?) {
        let now = doors.clock.now()
        if let watch, await !watch.look(now) { return (0, nil) }
        await refresh(now)
        let (due, next) = agenda.withLock { $0.due(now) }
        var ran = 0
        for item in due {
            guard !advancing.withLock({ $0.contains(item.application) }) else { continue }
            ran += await sources[item.source].runDue(
                of: item.application, now: item.now, waits: manualClock != nil)
            agenda.withLock { $0.forget(item.application) }
        }
        return (ran, next)
    }

    /// Brings the agenda up to date: what was told of, and now and then a share of everything, so that nothing waits on
    /// a word that was never said.
    private func refresh(_ now: Timestamp) async {
        let heard = inbox.take()
        let instant = doors.clock.instant()
        let (isFirst, stale) = agenda.withLock { agenda -> (Bool, Set<ApplicationID>) in
            agenda.hear(heard)
            let isFirst = agenda.mustReadAll(instant, Self.longestWaitMilliseconds)
            // Where the clock is moved by hand, nothing is to depend on when a word arrived.
            return (isFirst || manualClock != nil, agenda.takeStale())
        }
        let sources = self.sources
        let read = try? await store.read { snapshot -> [(ApplicationID, Agenda.Entry)] in
            var applications = stale
            applications.insert(.none)
            if isFirst {
                snapshot.scan(Application.self, prefix: Key()) { application, _ in
                    applications.insert(application.id)
                    return true
                }
            }
            return applications.sorted().map { application in
                // Nothing is due while it is held; the release says that everything is to be read anew.
                let isHeld = Holds.isHeld(application, in: snapshot)
                let isResetting = snapshot.isResetting(application)
                let entry = Agenda.Entry(
                    next: isHeld
                        ? [] : sources.map { $0.next(of: application, isResetting: isResetting, in: snapshot) },
                    ownTime: snapshot.get(TestClock.self, Key(application))?.now)
                return (application, entry)
            }
        }
        agenda.withLock { agenda in
            guard let read else { return agenda.readFailed() }
            for (application, entry) in read { agenda.note(entry, of: application) }
        }
    }

    /// Every source and application that has something due at some time, soonest first, where one clock rules all.
    private func due() async -> [(Timestamp, Int, ApplicationID)] {
        let sources = self.sources
        let found = try? await store.read { snapshot in
            var found: [(Timestamp, Int, ApplicationID)] = []
            var applications: [ApplicationID] = [ApplicationID.none]
            let isHeld = Holds.current(in: snapshot) != nil
            snapshot.scan(Application.self, prefix: Key()) { application, _ in
                if !isHeld || application.mode == .test { applications.append(application.id) }
                return true
            }
            for application in applications {
                let isResetting = snapshot.isResetting(application)
                for (index, source) in sources.enumerated() {
                    if let time = source.next(of: application, isResetting: isResetting, in: snapshot) {
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
    /// - Parameter tally: Where what runs is counted, beside what it holds already.
    /// - Returns: what the tally then holds, in order of the sources.
    package func advance(
        to target: Timestamp, deadline: Instant, tally: AdvanceTally = AdvanceTally()
    ) async -> AdvanceResult {
        guard let manualClock else { return AdvanceResult(ran: [], isDone: false, now: doors.clock.now()) }
        await turn.enter(on: doors.scheduler)
        defer { turn.leave() }
        while doors.clock.instant() < deadline, !isStopped.withLock({ $0 }) {
            guard let (time, source, application) = await due().first, time <= target else {
                manualClock.set(max(target, manualClock.now()))
                course.withLock { course in
                    if let target = course.target, target <= manualClock.now() { course = ClockCourse() }
                }
                return result(tally, isDone: true, now: manualClock.now())
            }
            if time > manualClock.now() { manualClock.set(time) }
            let ran = await sources[source].runDue(of: application, now: manualClock.now(), waits: true)
            tally.add(ran, of: source)
            // Somebody else is at it, or it cannot be done: no use in asking at once again.
            if ran == 0 { await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 20)) }
        }
        return result(tally, isDone: false, now: manualClock.now())
    }

    /// Whether the server's clock is moved by hand; there it is the only one.
    package var isManual: Bool { manualClock != nil }

    /// The advance of the server's own clock that is going on; it begins by noting where it leads.
    package let course = Guarded(ClockCourse())

    // MARK: Applications with clocks of their own

    /// Moves an application's clock to `target`, stopping at each moment at which something of it is due, so that
    /// everything happens in order and at its own time. Where the server's clock is moved by hand, it is that one.
    ///
    /// - Parameter deadline: When to come back all the same; the same call then goes on.
    /// - Parameter tally: Where what runs is counted, beside what it holds already.
    /// - Returns: what the tally then holds, in order of the sources.
    /// - Throws: `validation_failed` for a target before the clock or out of range; `invalid_state` without a clock.
    package func advance(
        _ application: ApplicationID, to target: Timestamp, deadline: Instant, tally: AdvanceTally = AdvanceTally()
    ) async throws -> AdvanceResult {
        let clock = doors.clock
        let start = try await store.read { snapshot in
            (now: snapshot.now(of: application, clock), isOwn: snapshot.get(TestClock.self, Key(application)) != nil)
        }
        guard target >= start.now, TestClocks.range.contains(target) else {
            throw Refusal.invalid(
                "advance_to", "out_of_range", "The clock stands at \(start.now) and goes forward, to 2099 at most.")
        }
        if manualClock != nil { return await advance(to: target, deadline: deadline, tally: tally) }
        guard start.isOwn else {
            throw Refusal(.invalidState, "This application follows the server's clock; freeze its own first.")
        }
        while !advancing.withLock({ $0.insert(application).inserted }) {
            guard doors.clock.instant() < deadline else { return AdvanceResult(ran: [], isDone: false, now: start.now) }
            await pause()
        }
        defer {
            _ = advancing.withLock { $0.remove(application) }
            agenda.withLock { $0.forget(application) }
            wake()
        }
        return try await run(application, until: target, deadline: deadline, tally)
    }

    private func run(
        _ application: ApplicationID, until target: Timestamp, deadline: Instant, _ tally: AdvanceTally
    ) async throws -> AdvanceResult {
        let (sources, clock) = (self.sources, doors.clock)
        while true {
            let (now, first) = try await store.read { snapshot in
                guard snapshot.exists(TestClock.self, Key(application)) else {
                    throw Refusal(.invalidState, "The clock is gone: the application's test data was reset.")
                }
                let isResetting = snapshot.isResetting(application)
                let next = sources.enumerated().compactMap { index, source in
                    source.next(of: application, isResetting: isResetting, in: snapshot)
                        .map { (time: $0, source: index) }
                }
                return (snapshot.now(of: application, clock), next.min { $0 < $1 })
            }
            guard let first, first.time <= target else {
                try await move(application, to: target, target: nil)
                return result(tally, isDone: true, now: target)
            }
            guard doors.clock.instant() < deadline, !isStopped.withLock({ $0 }) else {
                return result(tally, isDone: false, now: now)
            }
            if first.time > now { try await move(application, to: first.time, target: target) }
            let ran = await sources[first.source].runDue(of: application, now: max(now, first.time), waits: true)
            tally.add(ran, of: first.source)
            // Somebody else is at it, or it cannot be done: no use in asking at once again.
            if ran == 0 { await pause() }
        }
    }

    private func move(_ application: ApplicationID, to time: Timestamp, target: Timestamp?) async throws {
        try await store.transact { transaction in
            TestClocks.move(application, to: time, target: target, in: transaction)
        }
    }

    private func pause() async {
        await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 20))
    }

    private func result(_ tally: AdvanceTally, isDone: Bool, now: Timestamp) -> AdvanceResult {
        AdvanceResult(ran: named(tally.current), isDone: isDone, now: now)
    }

    private func named(_ counts: [Int]) -> [(kind: StaticString, count: Int)] {
        zip(sources, counts).filter { $0.1 > 0 }.map { (kind: $0.0.kind, count: $0.1) }
    }

    /// What a tally holds, by kind, in order of the sources.
    package func ran(_ tally: AdvanceTally) -> [(kind: StaticString, count: Int)] { named(tally.current) }

    /// The same, and nothing is left in it.
    package func takeRan(_ tally: AdvanceTally) -> [(kind: StaticString, count: Int)] { named(tally.take()) }
}

/// What came of moving the clock.
package struct AdvanceResult: Sendable {
    package let ran: [(kind: StaticString, count: Int)]
    /// False when the deadline passed first; the same call goes on.
    package let isDone: Bool
    /// Where the clock stands.
    package let now: Timestamp
}
