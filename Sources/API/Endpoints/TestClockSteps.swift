import Billing
import Runtime
import Storage

/// Setting and moving the clock of the application that asks.
struct TestClockSteps: Sendable {
    private let context: RequestContext

    /// After so long an advance is answered as far as it has come.
    private static let answerSeconds = 10
    /// After so long it begins no further item; the one it is at may take a while.
    private static let stepSeconds = 9

    init(_ context: RequestContext) {
        self.context = context
    }

    /// The clock as it stands, and the advance that is going on.
    ///
    /// - Throws: `invalid_state` in a live application.
    func view(in snapshot: Snapshot) throws(Refusal) -> TestClockView {
        try TestClocks.requireTest(context.application)
        let clockwork = try context.services.clockwork()
        let own = snapshot.get(TestClock.self, Key(context.application.id))
        var view = TestClockView()
        view.now = snapshot.now(of: context.application.id, context.doors.clock)
        view.frozenAt = own?.frozenAt
        view.advancingTo = clockwork.isManual ? clockwork.course.withLock { $0.target } : own?.target
        view.isDone = view.advancingTo == nil
        view.ran = DueCounts(clockwork.ran(tally))
        return view
    }

    private var tally: AdvanceTally { context.services.tally(of: context.application.id) }

    /// Does what is asked for, as far as it comes in time.
    func run(_ wish: TestClockInput.Wish) async throws -> TestClockView {
        let clockwork = try context.services.clockwork()
        switch wish {
        case .freeze(let time):
            try await freeze(at: time, clockwork)
        case .advance(let advance):
            let target = try await aim(advance, clockwork)
            try await move(to: target, clockwork)
        }
        var view = try await context.store.read { snapshot in try self.view(in: snapshot) }
        view.ran = DueCounts(clockwork.takeRan(tally))
        return view
    }

    private func freeze(at time: Timestamp, _ clockwork: Clockwork) async throws {
        let (ledger, application, act) = (context.ledger, context.application, context.act)
        let now = context.doors.clock.now()
        try await context.transact { transaction in
            guard clockwork.isManual else {
                _ = try TestClocks(ledger).freeze(application, at: time, by: act, in: transaction)
                return
            }
            try TestClocks.requireTest(application)
            guard time == now else {
                throw Refusal(.invalidState, "The server's clock stands at \(now) for everybody; advance it.")
            }
        }
    }

    /// Notes where the advance leads, in the request's first transaction.
    private func aim(_ advance: ClockAdvance, _ clockwork: Clockwork) async throws -> Timestamp {
        let (ledger, application, act) = (context.ledger, context.application, context.act)
        guard clockwork.isManual else {
            return try await context.transact { transaction in
                try TestClocks(ledger).aim(application, advance, by: act, in: transaction)
            }
        }
        let clock = context.doors.clock
        let course = try await context.transact { transaction in
            try TestClocks.requireTest(application)
            let next = try clockwork.course.withLock { $0 }.aimed(advance, now: clock.now())
            ledger.audit(
                "test_clock.advance", on: application.id.description, application: application.id, by: act,
                in: transaction)
            return next
        }
        clockwork.course.withLock { $0 = course }
        return course.target ?? clock.now()
    }

    /// Moves the clock. The step goes on to its end in a task of its own, whoever has stopped waiting for it.
    private func move(to target: Timestamp, _ clockwork: Clockwork) async throws {
        let (application, tally) = (context.application.id, tally)
        let deadline = context.doors.clock.instant().adding(seconds: Self.stepSeconds)
        _ = try await Patience.race(context.doors, seconds: Self.answerSeconds) {
            try await clockwork.advance(application, to: target, deadline: deadline, tally: tally)
        }
    }
}
