package import Runtime

/// What `Store.verify` found.
package struct StoreReport: Sendable {
    package var fileCount: UInt64 = 0
    package var frameCount = 0
    package var transactionCount: UInt64 = 0
    package var byteCount: UInt64 = 0
    /// A group that was never completely written stands at the end; the next start cuts it off.
    package var hasTornTail = false
    /// Why the store cannot be opened; nil when it can.
    package var failure: StoreError?
}

extension Store {
    /// Reads every byte of the log and checks every checksum. Takes no lock and changes nothing; of a store that is
    /// being written, the newest frames may be missing from the answer.
    package static func verify(directory: String, files: any FileSystem) -> StoreReport {
        var report = StoreReport()
        var recovery = LogRecovery(directory: directory, files: files) { _, _, _ in }
        do throws(StoreError) {
            _ = try recovery.run()
        } catch {
            report.failure = error
        }
        let outcome = recovery.outcome
        report.fileCount = outcome.fileNumber
        report.frameCount = outcome.frameCount
        report.transactionCount = outcome.number
        report.byteCount = outcome.byteCount
        report.hasTornTail = outcome.isTorn
        return report
    }
}
