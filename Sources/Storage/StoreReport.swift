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
    /// Why the store cannot be opened; nil when it can.
    package var failure: StoreError?
}

extension Store {
    /// Reads every byte of manifest, segments and log and checks every checksum and the order of keys. Takes no lock and changes nothing; of a store that is
    /// being written, the newest frames may be missing from the answer.
    ///
    /// - Parameter progress: Called with the bytes of segments that were checked, and of all.
    package static func verify(
        directory: String, files: any FileSystem, progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) -> StoreReport {
        let manifestFile = ManifestFile(directory: directory, files: files)
        var report = StoreReport()
        // A store that goes on meanwhile may remove files that a newer manifest does not need; then that one is read.
        for _ in 0..<5 {
            report = StoreReport()
            var manifest: Manifest?
            do throws(StoreError) {
                manifest = try manifestFile.load()
                try report.check(manifest, directory, files, progress)
                return report
            } catch {
                report.failure = error
                guard let newer = try? manifestFile.load(), newer != manifest else { return report }
            }
        }
        return report
    }
}

extension StoreReport {
    fileprivate mutating func check(
        _ manifest: Manifest?, _ directory: String, _ files: any FileSystem, _ progress: (UInt64, UInt64) -> Void
    ) throws(StoreError) {
        // Once open, a segment can be read whatever becomes of its name.
        var segments: [Segment] = []
        for summary in manifest?.levels.joined() ?? [].joined() {
            segments.append(try Segment(summary, directory: directory, files: files))
        }
        let total = manifest?.segmentByteCount ?? 0
        var done: UInt64 = 0
        var recovery = LogRecovery(directory: directory, files: files, manifest: manifest) { _, _, _ in }
        defer { note(recovery.outcome) }
        _ = try recovery.run()
        for segment in segments {
            segmentCount += 1
            segmentByteCount += segment.summary.byteCount
            entryCount += segment.summary.entryCount
            try segment.verify { byteCount in
                done += byteCount
                progress(done, total)
            }
        }
    }

    fileprivate mutating func note(_ outcome: LogRecovery.Outcome) {
        fileCount = outcome.fileCount
        frameCount = outcome.frameCount
        transactionCount = outcome.number
        byteCount = outcome.byteCount
        hasTornTail = outcome.isTorn
    }
}
