package import Runtime

/// A seeded, single-threaded, repeatable world behind the doors of `Runtime`.
///
/// Everything in it follows from the seed, the options and the disk it starts with: two worlds made alike have the
/// same `traceHash` after the same run. Nothing in it sleeps or starts a thread; whoever calls `run` drives it. Worlds
/// share nothing, so tests may run any number of them at once, each on one thread.
///
/// Keep the world itself, not only its doors, for as long as they are used: when it goes, its jobs, workers and timers
/// go, and with tasks still suspended its disk too.
package final class World: Sendable {
    /// What everything follows from; name it in a failure's message.
    package let seed: UInt64
    /// What is handed down to the code under test.
    package let doors: Doors
    /// For jumps of the wall clock.
    package let clock: SimulatedClock
    /// For faults, crashes and what is left after them.
    package let disk: SimulatedDisk
    /// For names, faults and connections from elsewhere.
    package let network: SimulatedNetwork
    package let log: MemoryLog
    package let scheduler: SimulatedScheduler
    private let trace: Trace

    /// A new world, whose processes start on `image` (an empty disk unless given).
    package init(seed: UInt64, options: WorldOptions = WorldOptions(), disk image: DiskImage = DiskImage()) {
        self.seed = seed
        trace = Trace()
        scheduler = SimulatedScheduler(
            seed: seed, stepNanoseconds: options.stepNanoseconds, start: Instant(nanoseconds: 1_000_000_000_000),
            trace: trace)
        clock = SimulatedClock(scheduler: scheduler, startTime: options.startTime)
        disk = SimulatedDisk(
            seed: seed, image: image, faults: options.diskFaults, recordsCalls: options.recordsDiskCalls, trace: trace)
        network = SimulatedNetwork(seed: seed, options: options.network, scheduler: scheduler)
        log = MemoryLog(trace: trace)
        doors = Doors(
            clock: clock, entropy: SeededEntropy(seed: seed, trace: trace), files: disk, network: network,
            scheduler: scheduler, log: log)
    }

    // Tasks that are still suspended can never be freed; what they hold of the world is made small.
    deinit {
        scheduler.abandon()
        network.abandon()
        if scheduler.taskCount > 0 { disk.abandon() }
    }

    /// The fingerprint of everything that happened so far.
    package var traceHash: UInt64 { trace.hash }

    /// The log's lines, each one JSON object.
    package var logLines: [String] { log.lines }

    /// Virtual monotonic time.
    package var now: Instant { scheduler.now }

    /// Jobs run so far.
    package var stepCount: Int { scheduler.stepCount }

    /// Runs `body` as a task and drives the world until it ends; other tasks stay where they are then.
    /// - Throws: what `body` throws; `WorldError` when it cannot end, or not within `stepLimit` steps.
    @discardableResult
    package func run<Value: Sendable>(
        stepLimit: Int = 10_000_000, _ body: @escaping @Sendable (Doors) async throws -> Value
    ) throws -> Value {
        let outcome = Outcome<Value>()
        let doors = doors
        scheduler.spawn(on: 0) {
            do {
                outcome.result = .success(try await body(doors))
            } catch {
                outcome.result = .failure(error)
            }
        }
        _ = try scheduler.drive(until: { outcome.result != nil }, horizon: nil, stepLimit: stepLimit)
        guard let result = outcome.result else { throw WorldError.stuck(seed: seed) }
        return try result.get()
    }

    /// Drives the world until `isDone`, looked at between steps.
    /// - Throws: `WorldError` when that cannot come, or not within `stepLimit` steps.
    package func run(until isDone: () -> Bool, stepLimit: Int = 10_000_000) throws(WorldError) {
        guard try scheduler.drive(until: isDone, horizon: nil, stepLimit: stepLimit) else {
            throw .stuck(seed: seed)
        }
    }

    /// Drives the world through `moment` of virtual time.
    /// - Throws: `WorldError.tooManySteps`.
    package func run(until moment: Instant, stepLimit: Int = 10_000_000) throws(WorldError) {
        _ = try scheduler.drive(until: { false }, horizon: moment, stepLimit: stepLimit)
    }

    /// Drives the world for some virtual time from now on.
    /// - Throws: `WorldError.tooManySteps`.
    package func run(milliseconds: Int, stepLimit: Int = 10_000_000) throws(WorldError) {
        try run(until: now.adding(milliseconds: milliseconds), stepLimit: stepLimit)
    }

    /// Drives the world until no job is ready and no timer is set; time jumps from timer to timer.
    /// - Throws: `WorldError.tooManySteps`, as when a worker waits again and again.
    package func runUntilIdle(stepLimit: Int = 10_000_000) throws(WorldError) {
        _ = try scheduler.drive(until: { false }, horizon: nil, stepLimit: stepLimit)
    }
}

/// Where a body leaves its result. Unchecked: both ends are on the world's one thread.
private final class Outcome<Value: Sendable>: @unchecked Sendable {
    var result: Result<Value, any Error>?
}
