import Bytes

/// The beginning of a backup file: what follows are the manifest and the segments it names, then a SHA-256 of
/// everything before.
enum BackupFormat {
    /// `CPAYBAK1`
    static let magic: UInt64 = 0x4350_4159_4241_4b31
    static let version: UInt32 = 1
    static let headByteCount = 16
    static let hashByteCount = 32
    /// Bytes of one read or write.
    static let pieceByteCount = 256 << 10
    /// A manifest of a million segments is smaller.
    static let maxManifestByteCount = 1 << 28

    static func head(manifestByteCount: Int) -> [UInt8] {
        var writer = ByteWriter(capacity: headByteCount)
        writer.appendBigEndian(magic)
        writer.appendLittleEndian(version)
        writer.appendLittleEndian(UInt32(manifestByteCount))
        return writer.bytes
    }
}
