import Runtime

/// Writes frozen memtables to segments and keeps the levels in shape, a step at a time; the only one who changes
/// segments and the manifest.
///
/// Everything but `core` belongs to the worker's own steps.
final class SegmentWorker: @unchecked Sendable {
    private static let retryMilliseconds = 200
    /// The longest pause between two steps of a compaction.
    private static let pauseMilliseconds = 20

    private let core: StoreCore
    private let directory: String
    private let ballast: Ballast
    private let manifestFile: ManifestFile
    /// The one that holds, nearly: a failed attempt may have used up a sequence number.
    private var manifest: Manifest
    private var levels: [[Segment]]
    private var nextSegmentNumber: UInt64
    private var cursors: [RawKey?] = Array(repeating: nil, count: Manifest.levelCount)
    private var flush: (table: Memtable, merge: SegmentMerge)?
    private typealias Compaction = (plan: CompactionPlan, merge: SegmentMerge)
    private var compaction: Compaction?
    /// A merge of level 0 within itself, which goes before `compaction`.
    private var urgent: Compaction?
    /// When the next attempt may be made after a failure, and how often in turn there was one.
    private var flushRetry: Instant?
    private var compactionRetry: Instant?
    private var failureCount = 0
    /// Whether it is not known which manifest a restart would find: nothing may be removed any more.
    private var isUncertain = false
    /// The manifest that CURRENT names.
    private var named: Manifest

    /// - Parameter manifest: What the directory holds.
    init(
        core: StoreCore, directory: String, ballast: Ballast, manifest: Manifest,
        levels: [[Segment]]
    ) {
        named = manifest
        self.core = core
        self.directory = directory
        self.ballast = ballast
        self.manifest = manifest
        self.levels = levels
        nextSegmentNumber = manifest.nextSegmentNumber
        manifestFile = ManifestFile(directory: directory, files: core.doors.files)
    }

    private struct Situation {
        var hasStopped = false
        /// The oldest frozen memtable, durable.
        var table: Memtable?
        /// The log is quiet: everything in memory is to be flushed, then the worker ends.
        var isLast = false
        var durable: UInt64 = 0
    }

    private func look() -> Situation {
        core.state.withLock { state in
            var situation = Situation()
            situation.hasStopped = state.isStopped
            situation.isLast = state.isLogQuiet
            situation.durable = state.durable
            if let oldest = state.version.memtables.last, state.version.memtables.count > 1 || state.isLogQuiet,
                oldest.frozenNumber <= state.durable
            {
                situation.table = oldest
            }
            return situation
        }
    }

    func step() -> WorkerStep {
        let situation = look()
        if situation.hasStopped {
            abandonAll()
            return .finished
        }
        let now = core.doors.clock.instant()
        var isFlush = situation.isLast
        do throws(StoreError) {
            if situation.isLast { return try finish(situation) }
            if let table = situation.table, mayFlush, flushRetry.map({ $0 <= now }) ?? true {
                isFlush = true
                flushRetry = nil
                try stepFlush(table)
                failureCount = 0
                return .again
            }
            if compactionRetry.map({ $0 <= now }) ?? true {
                compactionRetry = nil
                if try stepCompaction() { return pace(since: now) }
            }
        } catch {
            if fail(error, isLast: situation.isLast, isFlush: isFlush) { return .finished }
        }
        let due = [situation.table == nil ? nil : flushRetry, compactionRetry].compactMap { $0 }.min()
        return due.map { .wait(until: $0) } ?? .idle
    }

    /// Lets others have the processor and the disk for as long as a step of a compaction took, unless it is needed soon.
    private func pace(since begin: Instant) -> WorkerStep {
        let now = core.doors.clock.instant()
        let spent = Int(now.nanoseconds(since: begin) / 1_000_000)
        guard spent > 0, CompactionPlan.depth(levels[0]) * 2 <= core.options.slowSegmentCount + 2 else { return .again }
        return .wait(until: now.adding(milliseconds: min(spent, Self.pauseMilliseconds)))
    }

    /// - Returns: whether the worker ends.
    private func fail(_ error: StoreError, isLast: Bool, isFlush: Bool) -> Bool {
        if !isUncertain { abandonAll() }
        core.state.withLock { $0.statistics.segmentFailureCount += 1 }
        if core.hasStopped { return true }
        core.doors.log.write(.error, "storage_segments_failed", [("error", error.description)])
        if isLast {
            _ = end(isFlushed: false)
            return true
        }
        if case .file(let file) = error, file.reason == .noSpace {
            if isFlush { _ = ballast.giveUp() }
            if !ballast.hasRoom { core.noteFull() }
        }
        let delay = Self.retryMilliseconds << min(failureCount, isFlush ? 2 : 8)
        let due = core.doors.clock.instant().adding(milliseconds: delay)
        failureCount += 1
        if isFlush { flushRetry = due } else { compactionRetry = due }
        return false
    }

    private func abandonAll() {
        guard !isUncertain else { return }
        flush?.merge.abandon()
        flush = nil
        urgent?.merge.abandon()
        urgent = nil
        compaction?.merge.abandon()
        compaction = nil
    }

    // MARK: The end

    /// Flushes all that is in memory, so that the next start reads no log; then ends.
    private func finish(_ situation: Situation) throws(StoreError) -> WorkerStep {
        urgent?.merge.abandon()
        urgent = nil
        compaction?.merge.abandon()
        compaction = nil
        if let table = situation.table, table.entryCount > 0, manifest.flushed.number < table.frozenNumber {
            try stepFlush(table)
            return .again
        }
        guard situation.durable > 0, let last = situation.table else { return end(isFlushed: false) }
        let fileNumber = core.state.withLock { $0.logFileNumber }
        var next = manifest
        next.flushed = Self.point(last)
        next.logStart = LogStart(fileNumber: fileNumber + 1, previousNumber: last.frozenNumber, previousHash: 0)
        next.mayLackLog = true
        try replaceManifest(next)
        StoreFiles(directory: directory, files: core.doors.files).removeObsolete(manifest)
        return end(isFlushed: true)
    }

    private func end(isFlushed: Bool) -> WorkerStep {
        let log = core.state.withLock { state -> (any Worker)? in
            state.lastFlush = isFlushed
            return state.logWorker
        }
        log?.wake()
        return .finished
    }

    private static func point(_ table: Memtable) -> FlushPoint {
        FlushPoint(
            number: table.frozenNumber, digest: table.frozenDigest, milliseconds: table.frozenMilliseconds)
    }

    // MARK: Flush

    /// A deep level 0 makes reads slow, so it has to be merged first.
    private var mayFlush: Bool { CompactionPlan.depth(levels[0]) < core.options.stopSegmentCount }

    private func stepFlush(_ table: Memtable) throws(StoreError) {
        let current: SegmentMerge
        if let flush {
            current = flush.merge
        } else {
            current = try makeMerge([.memtable(table)], target: core.options.segmentByteCount) { [levels] key in
                let version = Version(memtables: [], levels: levels)
                return version.mayHoldOnFirst(key) || version.mayHold(key, from: 1)
            }
            flush = (table, current)
        }
        guard try current.step(byteLimit: core.options.mergeStepByteCount) else { return }
        var next = manifest
        next.flushed = Self.point(table)
        let logStarts = core.state.withLock { $0.logStarts }
        if let start = logStarts.last(where: { $0.previousNumber <= next.flushed.number }) { next.logStart = start }
        next.mayLackLog = false
        let byteCount = current.outputs.reduce(0) { $0 + $1.byteCount }
        try install(next, adding: current.outputs, to: 0, removing: [], flushing: table)
        flush = nil
        core.state.withLock { state in
            state.statistics.flushCount += 1
            state.statistics.flushedByteCount += byteCount
        }
        removeOldLog(before: manifest.logStart.fileNumber, logStarts)
    }

    private func removeOldLog(before fileNumber: UInt64, _ starts: [LogStart]) {
        let old = starts.filter { $0.fileNumber < fileNumber }
        guard !old.isEmpty else { return }
        for start in old {
            _ = try? core.doors.files.remove(directory + "/" + LogFormat.fileName(start.fileNumber))
        }
        core.state.withLock { state in
            state.logStarts.removeAll { $0.fileNumber < fileNumber }
            state.statistics.logFileCount = state.logStarts.count
        }
    }

    // MARK: Compaction

    /// - Returns: whether there is more to do.
    private func stepCompaction() throws(StoreError) -> Bool {
        if let urgent {
            if try step(urgent) { self.urgent = nil }
            return true
        }
        if let compaction {
            // While a large merge below goes on, level 0 would become too deep.
            if compaction.plan.level > 0, let plan = CompactionPlan.pickWithinFirst(levels, options: core.options) {
                urgent = try begin(plan)
            } else if try step(compaction) {
                self.compaction = nil
            }
            return true
        }
        guard let plan = CompactionPlan.pick(levels, options: core.options, cursors: cursors) else { return false }
        if plan.isMove {
            try install(
                manifest, adding: plan.upper.map(\.summary), to: plan.target, removing: plan.upper, flushing: nil)
            cursors[plan.level] = plan.upper.last?.summary.largestKey
            core.state.withLock { $0.statistics.moveCount += 1 }
            return true
        }
        compaction = try begin(plan)
        return true
    }

    private func begin(_ plan: CompactionPlan) throws(StoreError) -> Compaction {
        var sources: [SegmentMerge.Source] =
            plan.level == 0 ? plan.upper.map { .run([$0]) } : [.run(plan.upper)]
        if !plan.lower.isEmpty { sources.append(.run(plan.lower)) }
        let deeper = Version(memtables: [], levels: levels)
        let target =
            plan.level == 0 && !plan.staysOnLevel
            ? core.options.levelOneSegmentByteCount : core.options.segmentByteCount
        let merge = try makeMerge(sources, target: target) { deeper.mayHold($0, from: plan.target + 1) }
        return (plan, merge)
    }

    /// - Returns: whether it is done.
    private func step(_ compaction: Compaction) throws(StoreError) -> Bool {
        guard try compaction.merge.step(byteLimit: core.options.mergeStepByteCount) else { return false }
        let plan = compaction.plan
        let outputs = compaction.merge.outputs
        let byteCount = outputs.reduce(0) { $0 + $1.byteCount }
        try install(manifest, adding: outputs, to: plan.target, removing: plan.upper + plan.lower, flushing: nil)
        if !plan.staysOnLevel { cursors[plan.level] = plan.upper.last?.summary.largestKey }
        core.state.withLock { state in
            state.statistics.compactionCount += 1
            if plan.staysOnLevel { state.statistics.urgentCompactionCount += 1 }
            state.statistics.compactedByteCount += byteCount
        }
        for segment in plan.upper + plan.lower { segment.file.removeName() }
        return true
    }

    private func makeMerge(
        _ sources: [SegmentMerge.Source], target: Int, keepsDeletion: @escaping (KeyWords) -> Bool
    ) throws(StoreError) -> SegmentMerge {
        try SegmentMerge(
            directory: directory, files: core.doors.files, storeID: manifest.storeID, options: core.options,
            targetByteCount: target, sources: sources,
            nextNumber: { [self] in
                defer { nextSegmentNumber += 1 }
                return nextSegmentNumber
            }, keepsDeletion: keepsDeletion)
    }

    // MARK: The manifest

    /// Puts `outputs` on `level` in place of `removed`, durably first, then for readers.
    /// - Parameter table: The memtable that the outputs replace, too.
    private func install(
        _ base: Manifest, adding outputs: [SegmentSummary], to level: Int, removing removed: [Segment],
        flushing table: Memtable?
    ) throws(StoreError) {
        let gone = Set(removed.map(\.summary.number))
        var next = levels.map { run in run.filter { !gone.contains($0.summary.number) } }
        var added: [Segment] = []
        for output in outputs {
            // A segment that only moves stays open.
            if let segment = removed.first(where: { $0.summary.number == output.number }) {
                added.append(segment)
            } else {
                added.append(
                    try Segment(output, directory: directory, files: core.doors.files, table: core.openFiles))
            }
        }
        if level == 0 {
            // Where the oldest they replace was: what overlaps them and stays is newer. A flush replaces none.
            let oldest = levels[0].lastIndex { gone.contains($0.summary.number) } ?? 0
            let newer = levels[0][..<oldest].lazy.filter { !gone.contains($0.summary.number) }.count
            next[0].insert(contentsOf: added, at: newer)
        } else {
            next[level] = CompactionPlan.sorted(next[level] + added)
        }
        var manifest = base
        manifest.levels = next.map { $0.map(\.summary) }
        try replaceManifest(manifest)
        levels = next
        publish(flushing: table)
    }

    private func replaceManifest(_ wanted: Manifest) throws(StoreError) {
        manifest.sequence += 1
        var next = wanted
        next.sequence = manifest.sequence
        next.nextSegmentNumber = nextSegmentNumber
        do throws(ManifestFile.Failure) {
            try manifestFile.replace(with: next)
        } catch {
            if error.isHarmless {
                _ = try? core.doors.files.remove(directory + "/" + next.fileName)
            } else {
                isUncertain = true
                core.fail(.file(error.error), nil)
            }
            throw .file(error.error)
        }
        manifest = next
        _ = try? core.doors.files.remove(directory + "/" + named.fileName)
        named = next
    }

    private func publish(flushing table: Memtable?) {
        let levels = levels
        let levelPressure = max(0, CompactionPlan.depth(levels[0]) - core.options.slowSegmentCount + 1)
        let backlog = CompactionPlan.backlog(levels, options: core.options)
        let point = table.map(Self.point)
        let now = core.doors.clock.instant()
        let workers = core.state.withLock { state -> [any Worker] in
            state.version = Version(
                memtables: state.version.memtables.filter { $0 !== table || $0 === state.version.memtables[0] },
                levels: levels)
            state.levelPressure = levelPressure
            state.statistics.segmentCounts = levels.map(\.count)
            state.statistics.segmentByteCounts = levels.map { $0.reduce(0) { $0 + $1.summary.byteCount } }
            state.statistics.compactionBacklog = backlog
            // It lets go of what is not needed any more.
            state.isCommitIdle = false
            guard let point else { return [state.commitWorker].compactMap { $0 } }
            state.flushed = point
            if let start = state.stallStart {
                state.statistics.stallMicroseconds += now.nanoseconds(since: start) / 1000
            }
            state.stallStart = nil
            state.refusesForStall = false
            return [state.commitWorker].compactMap { $0 } + state.observers
        }
        for worker in workers { worker.wake() }
    }
}
