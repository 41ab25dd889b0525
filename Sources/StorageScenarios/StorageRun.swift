import Runtime
import Simulation
import Storage

/// One seed of the storage simulation: a store on a hostile disk, through several lives of its process.
///
/// Everything follows from the seed, so a seed that found something finds it again.
package final class StorageRun {
    private let seed: UInt64
    private let epochCount: Int
    private var random: SeededGenerator
    private let model = StorageModel()
    private var report = StorageRunReport()
    private var image = DiskImage()
    private var mayBeDamaged = false

    package init(seed: UInt64, epochCount: Int = 6) {
        self.seed = seed
        self.epochCount = epochCount
        random = SeededGenerator(seed: seed, purpose: 31)
    }

    /// Lives a seed twice; another trace the second time is a finding.
    package static func twice(seed: UInt64, epochCount: Int = 6) throws -> StorageRunReport {
        var report = try StorageRun(seed: seed, epochCount: epochCount).run()
        let again = try StorageRun(seed: seed, epochCount: epochCount).run()
        if again.trace != report.trace { report.findings.append("the second run went another way") }
        return report
    }

    package func run() throws -> StorageRunReport {
        for epoch in 0..<epochCount {
            try live(epoch)
            if !model.findings.isEmpty { break }
            if random.below(3) == 0 { try damage() }
        }
        try lastLook()
        report.findings = model.findings
        report.checkCount = model.checkCount
        return report
    }

    private func options() -> StoreOptions {
        var options = StoreOptions()
        options.seed = seed
        options.logFileByteCount = [64, 128, 256][random.below(3)] << 10
        options.logAheadByteCount = 8 << 10
        options.transactionByteLimit = 12 << 10
        options.ballastByteCount = random.below(2) * (32 << 10)
        options.freeSpaceReserve = 0
        options.memtableByteCount = [2, 6, 20][random.below(3)] << 10
        options.blockByteCount = [100, 600, 4096][random.below(3)]
        options.cacheByteCount = [0, 40 << 10, 4 << 20][random.below(3)]
        options.levelOneSegmentByteCount = [2, 8][random.below(2)] << 10
        options.segmentByteCount = [4, 16][random.below(2)] << 10
        options.levelByteCount = [4, 24][random.below(2)] << 10
        options.mergeStepByteCount = [500, 4096][random.below(2)]
        options.mergeSegmentCount = 2 + random.below(3)
        options.slowSegmentCount = options.mergeSegmentCount + random.below(4)
        options.stopSegmentCount = 9 + random.below(4)
        return options
    }

    private func faults(isLate: Bool) -> DiskFaults {
        var faults = DiskFaults()
        switch random.below(8) {
        case 0: faults.syncFailureChance = 4000
        case 1:
            faults.writeFailureChance = 3000
            // Even a write over bytes that are there finds no room where nothing is written in place.
            if random.below(2) == 0 { faults.writeFailureReason = .noSpace }
        case 2: faults.failingCalls = [1 + random.below(300): random.below(2) == 0 ? .noSpace : .inputOutput]
        case 3: faults.capacity = image.usedByteCount + UInt64(200 + random.below(300)) << 10
        case 4: faults.readFailureChance = 300
        // What such a disk damages stays so; the lives before see a good one.
        case 5 where isLate: faults.lostBlockChance = 20_000
        case 6 where isLate: faults.strayBlockChance = 20_000
        default: break
        }
        faults.strayNamePrefix = "segment-"
        if random.below(2) == 0 { faults.crashAfterCalls = 1 + random.below(400) }
        return faults
    }

    /// One life of the process: start, work, and some end.
    private func live(_ epoch: Int) throws {
        var worldOptions = WorldOptions()
        worldOptions.diskFaults = faults(isLate: epoch >= epochCount - 2)
        mayBeDamaged = mayBeDamaged || worldOptions.diskFaults.losesBlocks
        let world = World(seed: random.next(), options: worldOptions, disk: image)
        let life = StorageLife(
            model: model, options: options(), random: SeededGenerator(seed: random.next()),
            mayBeDamaged: mayBeDamaged, occasion: "life \(epoch)", clock: random.below(4) == 0 ? world.clock : nil)
        let closes = random.below(3) == 0
        try world.run(stepLimit: 3_000_000) { doors in await life.run(doors, closes: closes) }
        report.add(life.report)
        report.add(world)
        // The machine stops, or only the process does and what it wrote stays.
        let policy: CrashPolicy =
            switch random.below(4) {
            case 0: .keepAll
            case 1: .loseAll
            default: .seeded(random.next())
            }
        image = world.disk.crashImage(policy)
        report.crashCount += 1
    }

    /// One bit flips; whoever looks is told, or sees the right thing.
    private func damage() throws {
        let paths = image.filePaths.filter { !$0.hasSuffix("/lock") && !$0.hasSuffix("/ballast") }
        guard !paths.isEmpty else { return }
        let path = paths[random.below(paths.count)]
        let byteCount = image.contents(path)?.count ?? 0
        guard byteCount > 0 else { return }
        let world = World(seed: random.next(), disk: image)
        world.disk.flipBit(path, bit: random.below(byteCount * 8))
        report.faults.add(world.disk.fired)
        var options = options()
        options.isReadOnly = true
        do {
            let store = try Store.open(directory: "store", doors: world.doors, options: options)
            try store.readSync { snapshot in
                if snapshot.number < model.acknowledged {
                    model.note("a flipped bit in \(path) lost transactions in silence")
                } else {
                    model.check(snapshot, "a flipped bit in \(path)", isWhole: true)
                }
            }
        } catch let error as StoreError {
            report.refusedStartCount += 1
            switch error {
            case .corrupt, .newerFormat: break
            case .file(let file) where file.reason == .notFound: break
            default: model.note("a flipped bit in \(path): \(error)")
            }
        }
    }

    /// On a healthy disk the store opens, is whole, and takes writes.
    private func lastLook() throws {
        guard model.findings.isEmpty else { return }
        let world = World(seed: random.next(), disk: image)
        let model = model
        let life = StorageLife(
            model: model, options: options(), random: SeededGenerator(seed: random.next()), mayBeDamaged: mayBeDamaged,
            occasion: "last life")
        try world.run(stepLimit: 3_000_000) { doors in await life.run(doors, closes: true) }
        if !life.hasOpened, life.report.refusedStartCount == 0 {
            model.note("the store does not open on a healthy disk: \(life.refusal)")
        }
        let found = Store.verify(directory: "store", files: world.doors.files)
        if let failure = found.failure, !mayBeDamaged { model.note("verify: \(failure)") }
        if found.failure == nil, life.report.refusedReadCount > 0 {
            model.note("verify does not find what reads found")
        }
        report.add(life.report)
        report.add(world)
    }
}
