import Bytes

/// The beginning of a backup file: what follows are a note of the application, the manifest and the segments it names,
/// then a SHA-256 of everything before.
enum BackupFormat {
    /// `CPAYBAK1`
    static let magic: UInt64 = 0x4350_4159_4241_4b31
    static let version: UInt32 = 1
    static let headByteCount = 24
    static let hashByteCount = 32
    /// Bytes of one read or write.
    static let pieceByteCount = 256 << 10
    /// A manifest of a million segments is smaller.
    static let maxManifestByteCount = 1 << 28
    static let maxNoteByteCount = 1 << 16

    static func head(noteByteCount: Int, manifestByteCount: Int) -> [UInt8] {
        var writer = ByteWriter(capacity: headByteCount)
        writer.appendBigEndian(magic)
        writer.appendLittleEndian(version)
        writer.appendLittleEndian(UInt32(noteByteCount))
        writer.appendLittleEndian(UInt32(manifestByteCount))
        writer.appendLittleEndian(UInt32(0))
        return writer.bytes
    }
}
