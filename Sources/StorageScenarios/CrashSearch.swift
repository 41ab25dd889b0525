import Runtime
import Simulation
import Storage

/// Crashes a short run of a store at every call to the disk, in every way a loss of power could have left it, recovers,
/// and does the same with each recovery.
///
/// The run is recorded once; disks are rebuilt from its calls, so nothing is unwound. A recovered store must be the
/// state after some transaction, with all that were answered, and stay that state when it is opened again.
package final class CrashSearch {
    /// How much is looked at.
    package struct Limits: Sendable {
        /// Transactions of the run.
        package var transactionCount = 6
        /// Disks for each call: every subset of what was not synced if those are no more, else seeded ones. Two more
        /// are seeded, with torn blocks.
        package var diskCount = 256
        /// The same for crashes of a recovery.
        package var secondDiskCount = 16
        /// Every so many disks their recovery is crashed too.
        package var secondStride = 1

        package init() {}
    }

    private let seed: UInt64
    private let limits: Limits
    private let workload: CrashWorkload
    private var report = CrashSearchReport()
    /// What was recovered from each disk seen, so that none is recovered twice.
    private var outcomes: [UInt64: UInt64] = [:]
    private var secondOutcomes: [UInt64: UInt64] = [:]

    package init(seed: UInt64, limits: Limits = Limits()) throws {
        self.seed = seed
        self.limits = limits
        workload = try CrashWorkload(seed: seed, count: limits.transactionCount, closes: seed % 2 == 0)
        report.workloadCount = 1
        report.callCount = workload.trace.calls.count
        report.flushCount = workload.statistics.flushCount
        report.compactionCount = workload.statistics.compactionCount
        report.switchCount = workload.switchCount
    }

    package func run() throws -> CrashSearchReport {
        try workload.trace.forEachCrash(seed: seed, limit: limits.diskCount + 2) { image, crash in
            report.diskCount += 1
            let acknowledged = workload.acknowledged(after: crash.callCount)
            let fingerprint = image.fingerprint
            if let number = outcomes[fingerprint] {
                check(number, acknowledged...UInt64.max, "\(crash)")
                return
            }
            let isCrashedAgain = outcomes.count % limits.secondStride == 0
            let world = makeWorld(image, recordsCalls: isCrashedAgain)
            guard let number = open(world, acknowledged...UInt64.max, "\(crash)") else { return }
            outcomes[fingerprint] = number
            report.distinctDiskCount += 1
            if isCrashedAgain { try crashAgain(world, acknowledged, shown: number, crash) }
        }
        return report
    }

    private func makeWorld(_ image: DiskImage, recordsCalls: Bool) -> World {
        var options = WorldOptions()
        options.recordsDiskCalls = recordsCalls
        return World(seed: seed, options: options, disk: image)
    }

    /// Crashes the recovery in `world`, whose store shows transaction `shown`, and the flushes that follow it.
    private func crashAgain(
        _ world: World, _ acknowledged: UInt64, shown: UInt64, _ first: DiskTrace.Crash
    ) throws {
        let openCallCount = world.disk.calls.count
        try world.runUntilIdle()
        let trace = DiskTrace(firstImage: world.disk.firstImage, calls: world.disk.calls)
        report.secondCallCount += trace.calls.count
        try trace.forEachCrash(seed: seed, limit: limits.secondDiskCount + 2) { image, crash in
            report.secondDiskCount += 1
            // Once the store was open, readers have seen what it shows.
            let numbers = crash.callCount >= openCallCount ? shown...shown : acknowledged...shown
            let fingerprint = image.fingerprint
            let occasion = "\(first), then \(crash)"
            if let number = outcomes[fingerprint] ?? secondOutcomes[fingerprint] {
                check(number, numbers, occasion)
                return
            }
            guard let number = open(makeWorld(image, recordsCalls: false), numbers, occasion) else { return }
            secondOutcomes[fingerprint] = number
            report.distinctSecondDiskCount += 1
        }
    }

    /// Opens the store in `world` and compares what it shows.
    /// - Returns: its last transaction; nil when it does not open.
    private func open(_ world: World, _ numbers: ClosedRange<UInt64>, _ occasion: String) -> UInt64? {
        do {
            let store = try Store.open(directory: "store", doors: world.doors, options: CrashWorkload.options)
            let number = store.durableNumber
            check(number, numbers, occasion)
            guard number < UInt64(workload.states.count) else { return number }
            if let fault = try store.readSync({ workload.states[Int(number)].fault(in: $0) }) {
                report.findings.append("seed \(seed), \(occasion): \(fault)")
            }
            return number
        } catch {
            report.findings.append("seed \(seed), \(occasion): \(error)")
            return nil
        }
    }

    private func check(_ number: UInt64, _ numbers: ClosedRange<UInt64>, _ occasion: String) {
        guard !numbers.contains(number) || number >= UInt64(workload.states.count) else { return }
        report.findings.append(
            "seed \(seed), \(occasion): the store shows transaction \(number), not one from "
                + "\(numbers.lowerBound) to \(min(numbers.upperBound, UInt64(workload.states.count - 1)))")
    }
}
