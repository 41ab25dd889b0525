import Runtime

/// Finds out what a directory holds: manifest, segments, then what the log adds. Nothing that exists is changed.
struct StoreRecovery {
    struct Result {
        var outcome: LogRecovery.Outcome
        /// Newest first.
        var tables: [Memtable]
        var levels: [[Segment]]
        var flushed: FlushPoint
        /// The manifest that holds; nil when there is none yet.
        var manifest: Manifest?
        var nextSegmentNumber: UInt64
        /// The open files of segments.
        var openFiles: FileTable
    }

    let directory: String
    let doors: Doors
    let options: StoreOptions

    /// Where the number of the next segment is kept during recovery, and what was written.
    private final class Numbers {
        var next: UInt64 = 1
        var made: [UInt64] = []
    }

    func run() throws(StoreError) -> Result {
        let manifest = try ManifestFile(directory: directory, files: doors.files).load()
        let numbers = Numbers()
        do {
            numbers.next = try StoreFiles(directory: directory, files: doors.files).nextSegmentNumber(after: manifest)
        } catch {
            throw .file(error)
        }
        do throws(StoreError) {
            return try run(manifest, numbers)
        } catch {
            // Whoever is refused finds the directory as it was.
            for number in numbers.made {
                _ = try? doors.files.remove(directory + "/" + SegmentFormat.fileName(number))
            }
            throw error
        }
    }

    private func run(_ manifest: Manifest?, _ numbers: Numbers) throws(StoreError) -> Result {
        let openFiles = FileTable(limit: options.openFileLimit)
        var levels = Array(repeating: [Segment](), count: Manifest.levelCount)
        for (level, summaries) in (manifest?.levels ?? []).enumerated() {
            for summary in summaries {
                levels[level].append(
                    try Segment(summary, directory: directory, files: doors.files, table: openFiles))
            }
        }
        let flushed = manifest?.flushed ?? FlushPoint()
        var write: ((Memtable) throws(StoreError) -> [SegmentSummary])?
        if !options.isReadOnly, let storeID = try storeID(manifest) {
            write = { table throws(StoreError) in try self.write(table, storeID, numbers) }
        }
        let tables = RecoveredTables(options, flushed: flushed, write: write)
        var recovery = LogRecovery(
            directory: directory, files: doors.files, manifest: manifest, cutsDamagedTail: options.cutsDamagedTail,
            replay: tables.insert, checkpoint: tables.checkpoint)
        var outcome = try recovery.run()
        guard outcome.fileNumber > 0 || manifest != nil || (options.createsStore && !options.isReadOnly) else {
            throw .file(FileError(.notFound, operation: "open", path: directory + "/" + LogFormat.fileName(1)))
        }
        if outcome.fileNumber == 0, manifest == nil { try checkThatNothingIsMissing() }
        if outcome.endsBeforeSegments {
            // The operator decided so: segments hold all that is left of the store.
            outcome.number = flushed.number
            outcome.digest = flushed.digest
            outcome.milliseconds = flushed.milliseconds
            outcome.hash = 0
            outcome.unproven = nil
        }
        for summary in tables.segments.reversed() {
            levels[0].insert(
                try Segment(summary, directory: directory, files: doors.files, table: openFiles), at: 0)
        }
        return Result(
            outcome: outcome, tables: tables.tables, levels: levels, flushed: tables.flushed, manifest: manifest,
            nextSegmentNumber: numbers.next, openFiles: openFiles)
    }

    /// The id that new segments need: the manifest's, or that of the first log file.
    private func storeID(_ manifest: Manifest?) throws(StoreError) -> [UInt8]? {
        if let manifest { return manifest.storeID }
        do throws(FileError) {
            guard try doors.files.status(directory + "/" + LogFormat.fileName(1)) != nil else { return nil }
            let file = try doors.files.open(directory + "/" + LogFormat.fileName(1), .readOnly)
            defer { file.close() }
            // A header that cannot be read is refused with a better word by the recovery of the log.
            return try? LogHeader(try file.read(at: 0, count: LogFormat.pageByteCount)).storeID
        } catch {
            throw .file(error)
        }
    }

    private func write(
        _ table: Memtable, _ storeID: [UInt8], _ numbers: Numbers
    ) throws(StoreError) -> [SegmentSummary] {
        let merge = try SegmentMerge(
            directory: directory, files: doors.files, storeID: storeID, options: options,
            targetByteCount: options.segmentByteCount, sources: [.memtable(table)],
            nextNumber: {
                defer { numbers.next += 1 }
                numbers.made.append(numbers.next)
                return numbers.next
            }, keepsDeletion: { _ in true })
        _ = try merge.step(byteLimit: .max)
        return merge.outputs
    }

    /// An empty store may be made only where there was none.
    private func checkThatNothingIsMissing() throws(StoreError) {
        do throws(FileError) {
            guard try StoreFiles(directory: directory, files: doors.files).hasSegments() else { return }
        } catch {
            throw .file(error)
        }
        throw .corrupt(
            file: directory + "/" + ManifestFile.currentName, offset: 0,
            reason: "the file is missing, though there are segments or manifests")
    }
}
