import Runtime
import Simulation

@testable import Storage

/// A simulated world with one directory for a store.
final class TestWorld {
    let world: World

    init(disk: DiskImage = DiskImage(), seed: UInt64 = 1, recordsCalls: Bool = false, faults: DiskFaults = DiskFaults())
    {
        var options = WorldOptions()
        options.recordsDiskCalls = recordsCalls
        options.diskFaults = faults
        world = World(seed: seed, options: options, disk: disk)
    }

    /// Small files, so that tests see many of them.
    static var smallOptions: StoreOptions {
        var options = StoreOptions()
        options.seed = 7
        options.logFileByteCount = 64 << 10
        options.logAheadByteCount = 8 << 10
        options.transactionByteLimit = 12 << 10
        options.ballastByteCount = 0
        options.freeSpaceReserve = 0
        options.memtableByteCount = 32 << 10
        return options
    }

    func open(_ change: (inout StoreOptions) -> Void = { _ in }) throws(StoreError) -> Store {
        var options = Self.smallOptions
        change(&options)
        return try Store.open(directory: "store", doors: world.doors, options: options)
    }

    /// Runs everything until all is done, the mark that follows 50 ms later included.
    func run() {
        do {
            try world.runUntilIdle()
        } catch {
            preconditionFailure("the world does not come to rest: \(error)")
        }
    }

    /// Lets time pass, and all that happens in it.
    func pass(milliseconds: Int) {
        do {
            try world.run(milliseconds: milliseconds)
        } catch {
            preconditionFailure("the world does not come to rest: \(error)")
        }
    }

    /// Runs `body` as one transaction to its end.
    @discardableResult
    func transact<Answer: Sendable>(
        _ store: Store, _ body: @escaping @Sendable (Transaction) throws -> Answer
    ) throws -> Answer {
        let ticket = Ticket(store, body)
        if let refusal = ticket.refusal { throw refusal }
        run()
        precondition(ticket.isAnswered, "nobody answers")
        return try ticket.answer()
    }

    /// What this world's disk is after the loss of everything that was not synced.
    func crashed(_ policy: CrashPolicy = .loseAll, seed: UInt64 = 1) -> TestWorld {
        TestWorld(disk: world.disk.crashImage(policy), seed: seed)
    }
}
