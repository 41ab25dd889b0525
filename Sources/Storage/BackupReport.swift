/// What a backup holds.
package struct BackupReport: Sendable, Equatable {
    /// The last transaction in it.
    package var transactionNumber: UInt64 = 0
    package var segmentCount = 0
    /// Bytes of the backup file.
    package var byteCount: UInt64 = 0
}
