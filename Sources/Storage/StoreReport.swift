package import Runtime

/// What `Store.verify` found.
package struct StoreReport: Sendable {
    /// Log files.
    package var fileCount: UInt64 = 0
    package var frameCount = 0
    package var transactionCount: UInt64 = 0
    package var byteCount: UInt64 = 0
    package var segmentCount = 0
    package var segmentByteCount: UInt64 = 0
    /// Entries in segments, index entries and deletions included.
    package var entryCount: UInt64 = 0
    /// A group that was never completely written stands at the end; the next start cuts it off.
    package var hasTornTail = false
    /// Everything that is damaged; within one file only the first.
    package var failures: [StoreError] = []
    /// Why the store cannot be opened or read; nil when it can.
    package var failure: StoreError? { failures.first }
}

extension Store {
    /// Reads every byte of manifest, segments and log and checks every checksum and the order of keys. Takes no lock and
    /// changes nothing; of a store that is being written, the newest frames may be missing from the answer.
    ///
    /// - Parameter progress: Called with the bytes that were checked, and of all.
    package static func verify(
        directory: String, files: any FileSystem, progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) -> StoreReport {
        let manifestFile = ManifestFile(directory: directory, files: files)
        var report = StoreReport()
        // A store that goes on meanwhile may remove files that a newer manifest does not need; then that one is read.
        for _ in 0..<5 {
            report = StoreReport()
            let manifest: Manifest?
            do throws(StoreError) {
                manifest = try manifestFile.load()
            } catch {
                report.failures.append(error)
                continue
            }
            report.check(manifest, directory, files, progress)
            if report.failures.isEmpty { return report }
            guard let newer = try? manifestFile.load(), newer != manifest else { return report }
        }
        return report
    }
}

extension StoreReport {
    fileprivate mutating func check(
        _ manifest: Manifest?, _ directory: String, _ files: any FileSystem, _ progress: (UInt64, UInt64) -> Void
    ) {
        // Once open, a segment can be read whatever becomes of its name.
        var segments: [Segment] = []
        let openFiles = FileTable(limit: StoreOptions().openFileLimit)
        for summary in manifest?.levels.joined() ?? [].joined() {
            attempt { () throws(StoreError) in
                segments.append(try Segment(summary, directory: directory, files: files, table: openFiles))
            }
        }
        let logByteCount = Self.logByteCount(directory, files)
        let total = (manifest?.segmentByteCount ?? 0) + logByteCount
        var recovery = LogRecovery(directory: directory, files: files, manifest: manifest) { _, _, _ in }
        attempt { () throws(StoreError) in _ = try recovery.run() }
        note(recovery.outcome)
        var done = logByteCount
        progress(done, total)
        for segment in segments {
            segmentCount += 1
            segmentByteCount += segment.summary.byteCount
            entryCount += segment.summary.entryCount
            attempt { () throws(StoreError) in
                try segment.verify { byteCount in
                    done += byteCount
                    progress(min(done, total), total)
                }
            }
        }
    }

    private mutating func attempt(_ body: () throws(StoreError) -> Void) {
        do throws(StoreError) {
            try body()
        } catch {
            failures.append(error)
        }
    }

    private static func logByteCount(_ directory: String, _ files: any FileSystem) -> UInt64 {
        var byteCount: UInt64 = 0
        for name in (try? files.list(directory)) ?? [] where LogFormat.fileNumber(name) != nil {
            guard let status = try? files.status(directory + "/" + name) else { continue }
            byteCount += status.byteCount
        }
        return byteCount
    }

    fileprivate mutating func note(_ outcome: LogRecovery.Outcome) {
        fileCount = outcome.fileCount
        frameCount = outcome.frameCount
        transactionCount = outcome.number
        byteCount = outcome.byteCount
        hasTornTail = outcome.isTorn
    }
}
