import Runtime

/// What a store has written when it begins: a new log file, then a manifest.
///
/// The log comes first: it always reaches as far as any manifest says segments do.
struct StoreBeginning {
    let writer: LogWriter
    /// What holds now.
    let manifest: Manifest

    init(
        directory: String, core: StoreCore, recovered: StoreRecovery.Result, ballast: Ballast
    ) throws(FileError) {
        let files = core.doors.files
        var outcome = recovered.outcome
        let epoch = outcome.epoch + 1
        let manifestFile = ManifestFile(directory: directory, files: files)
        var draft = Manifest(
            storeID: outcome.storeID, epoch: epoch, sequence: 0, flushed: recovered.flushed,
            nextSegmentNumber: recovered.nextSegmentNumber,
            logStart: recovered.manifest?.logStart ?? LogStart(fileNumber: 1, previousNumber: 0, previousHash: 0),
            mayLackLog: false, levels: recovered.levels.map { $0.map(\.summary) })
        if outcome.endsBeforeSegments {
            // The damaged log is given up before the new one begins, which does not continue it.
            draft.sequence += 1
            draft.logStart = LogStart(
                fileNumber: outcome.fileNumber + 1, previousNumber: outcome.number, previousHash: outcome.hash)
            draft.mayLackLog = true
            try Self.replace(manifestFile, draft, ballast)
            draft.mayLackLog = false
        }
        writer = try LogWriter(
            directory: directory, files: files, entropy: core.doors.entropy, options: core.options, after: outcome,
            makeRoom: ballast.giveUp)
        outcome.storeID = writer.storeID
        draft.storeID = writer.storeID
        // Even without segments: the manifest's epoch says that the log has a file of that epoch.
        draft.sequence += 1
        // Segments hold everything up to here, so older files of the log are not needed.
        let starts = recovered.outcome.endsBeforeSegments ? [] : recovered.outcome.starts
        for start in starts + [writer.fileStart] where start.previousNumber <= draft.flushed.number {
            draft.logStart = start
        }
        try Self.replace(manifestFile, draft, ballast)
        StoreFiles(directory: directory, files: files).removeObsolete(draft)
        manifest = draft
    }

    /// Once more when the volume was full and room could be made.
    private static func replace(
        _ manifestFile: ManifestFile, _ manifest: Manifest, _ ballast: Ballast
    ) throws(FileError) {
        do throws(ManifestFile.Failure) {
            do throws(ManifestFile.Failure) {
                try manifestFile.replace(with: manifest)
            } catch {
                guard error.isHarmless, error.error.reason == .noSpace, ballast.giveUp() else { throw error }
                try manifestFile.replace(with: manifest)
            }
        } catch {
            throw error.error
        }
    }
}
