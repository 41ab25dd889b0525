package import Runtime
package import Storage

extension Snapshot {
    /// The time of an application: its own clock's where it has one, else the server's.
    package final func now(of application: ApplicationID, _ clock: any Clock) -> Timestamp {
        get(TestClock.self, Key(application))?.now ?? clock.now()
    }
}

extension Transaction {
    /// Makes `now` the time of an application. Every transaction that acts for one begins with this; an event that is
    /// written at another time is a mistake that debug builds stop at.
    ///
    /// - Throws: `unavailable` while the application's data is being deleted.
    package func keepTime(of application: ApplicationID) throws(Refusal) {
        guard !isResetting(application) else { throw DataReset.underWay }
        keep(get(TestClock.self, Key(application))?.now ?? storeTime)
    }

    /// Whether `now` is the time of the application.
    func isOnTime(of application: ApplicationID) -> Bool {
        now == get(TestClock.self, Key(application))?.now ?? storeTime
    }
}

extension Store {
    /// A transaction that acts for an application, in its time.
    package func transact<Answer: Sendable>(
        for application: ApplicationID, _ body: @escaping @Sendable (Transaction) throws -> Answer
    ) async throws -> Answer {
        try await transact { transaction in
            try transaction.keepTime(of: application)
            return try body(transaction)
        }
    }
}

/// Reading and setting the clocks of test applications, inside a transaction.
package struct TestClocks: Sendable {
    package let ledger: Ledger

    /// The first and last moments a clock may show.
    package static let range = Timestamp(seconds: 946_684_800)...Timestamp(seconds: 4_102_444_800)

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    /// Gives an application a clock of its own, standing at `time`; from then on it only moves when it is advanced.
    ///
    /// - Throws: `invalid_state` in a live application, and when the clock stands already, somewhere else.
    package func freeze(
        _ application: Application, at time: Timestamp, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> TestClock {
        try Self.requireTest(application)
        guard Self.range.contains(time) else {
            throw .invalid("frozen_at", "out_of_range", "A clock shows a time from 2000 to 2099.")
        }
        if let known = transaction.get(TestClock.self, Key(application.id)) {
            guard known.now == time else {
                throw Refusal(.invalidState, "The clock stands at \(known.now); advance it.")
            }
            return known
        }
        var clock = TestClock()
        clock.application = application.id
        clock.now = time
        clock.frozenAt = time
        transaction.put(clock)
        try transaction.keepTime(of: application.id)
        ledger.audit(
            "test_clock.freeze", on: application.id.description, application: application.id, by: act,
            in: transaction)
        transaction.announceWork(of: application.id)
        return clock
    }

    /// Notes where an advance leads, before it begins: whoever reads the clock sees it, and the same call goes on
    /// after an interruption.
    ///
    /// - Throws: `invalid_state` in a live application, without a clock, and while an advance by another amount of
    ///   time is not done; `validation_failed` for a target before the clock or out of range.
    package func aim(
        _ application: Application, _ advance: ClockAdvance, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Timestamp {
        try Self.requireTest(application)
        guard var clock = transaction.get(TestClock.self, Key(application.id)) else {
            throw Refusal(.invalidState, "This application follows the server's clock; freeze its own first.")
        }
        let course = ClockCourse(origin: clock.origin, target: clock.target)
        let next = try course.aimed(advance, now: clock.now)
        if next != course {
            clock.origin = next.origin
            clock.target = next.target
            transaction.put(clock)
        }
        try transaction.keepTime(of: application.id)
        ledger.audit(
            "test_clock.advance", on: application.id.description, application: application.id, by: act,
            in: transaction)
        return next.target ?? clock.now
    }

    /// - Throws: `invalid_state` in a live application.
    package static func requireTest(_ application: Application) throws(Refusal) {
        guard application.mode == .test else {
            throw Refusal(.invalidState, "This is a live application; only a test application has a clock to be set.")
        }
    }

    /// Moves a clock forward, never back.
    static func move(_ application: ApplicationID, to time: Timestamp, target: Timestamp?, in transaction: Transaction)
    {
        guard var clock = transaction.get(TestClock.self, Key(application)) else { return }
        clock.now = max(clock.now, time)
        clock.target = target
        if target == nil { clock.origin = nil }
        transaction.put(clock)
        transaction.announceWork(of: application)
    }
}
