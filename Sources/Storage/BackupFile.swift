import Bytes
import Crypto
package import Runtime

/// A backup file, open for reading.
package struct BackupFile {
    /// How the directory is called in which its contents are seen as a store.
    package static let virtualDirectory = "backup"

    package let report: BackupReport
    /// The application's own bytes.
    package let note: [UInt8]
    let manifest: Manifest
    let file: any File
    let name: String
    /// Where the first segment begins.
    let start: UInt64

    /// Reads the beginning of `file`, which stays open for as long as the backup is used.
    ///
    /// - Parameter name: What messages call it.
    /// - Throws: `corrupt`, `newerFormat`, `file`.
    package init(_ file: any File, name: String) throws(StoreError) {
        self.file = file
        self.name = name
        let byteCount: UInt64
        do {
            byteCount = try file.byteCount()
        } catch {
            throw .file(error)
        }
        let head = try Self.read(file, name, 0, BackupFormat.headByteCount)
        var reader = ByteReader(head)
        guard let magic = try? reader.bigEndian(UInt64.self), magic == BackupFormat.magic,
            let version = try? reader.littleEndian(UInt32.self), let noteCount = try? reader.littleEndian(UInt32.self),
            let count = try? reader.littleEndian(UInt32.self)
        else { throw .corrupt(file: name, offset: 0, reason: "it does not begin as a backup does") }
        guard version > 0, version <= BackupFormat.version else { throw .newerFormat(version) }
        guard Int(noteCount) <= BackupFormat.maxNoteByteCount, Int(count) <= BackupFormat.maxManifestByteCount else {
            throw .corrupt(file: name, offset: 12, reason: "its head names impossible lengths")
        }
        let noteStart = UInt64(BackupFormat.headByteCount)
        let manifestStart = noteStart + UInt64(noteCount)
        note = try Self.read(file, name, noteStart, Int(noteCount))
        let bytes = try Self.read(file, name, manifestStart, Int(count))
        start = manifestStart + UInt64(count)
        do throws(Manifest.Failure) {
            manifest = try Manifest(bytes)
        } catch {
            switch error {
            case .newerFormat(let version): throw .newerFormat(version)
            case .damaged(let reason): throw .corrupt(file: name, offset: manifestStart, reason: reason)
            }
        }
        let expected = start + manifest.segmentByteCount + UInt64(BackupFormat.hashByteCount)
        guard byteCount == expected else {
            throw .corrupt(
                file: name, offset: min(byteCount, expected), reason: "it has \(byteCount) bytes instead of \(expected)"
            )
        }
        report = BackupReport(
            transactionNumber: manifest.flushed.number, segmentCount: manifest.levels.joined().count,
            byteCount: byteCount)
    }

    static func read(_ file: any File, _ name: String, _ offset: UInt64, _ count: Int) throws(StoreError) -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try file.read(at: offset, count: count)
        } catch {
            throw .file(error)
        }
        guard bytes.count == count else {
            throw .corrupt(file: name, offset: offset + UInt64(bytes.count), reason: "it ends too early")
        }
        return bytes
    }

    /// Bytes of the store that it becomes.
    package var storeByteCount: UInt64 { manifest.segmentByteCount }

    /// Reads every byte and compares the checksum of the whole file.
    ///
    /// - Parameter progress: Called with bytes read and bytes in all.
    /// - Throws: `corrupt`, with the damaged part if that can be told; `file`.
    package func checkHash(_ progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }) throws(StoreError) {
        var hash = SHA256()
        var offset: UInt64 = 0
        let end = report.byteCount - UInt64(BackupFormat.hashByteCount)
        while offset < end {
            let bytes = try Self.read(file, name, offset, Int(min(UInt64(BackupFormat.pieceByteCount), end - offset)))
            hash.update(bytes)
            offset += UInt64(bytes.count)
            progress(offset, report.byteCount)
        }
        guard try Self.read(file, name, end, BackupFormat.hashByteCount) != hash.finalize().bytes else { return }
        // Segments have checksums of their own, so most damage has a place.
        var position = start
        for summary in manifest.levels.joined() {
            do throws(StoreError) {
                try segment(summary, at: position).verify()
            } catch .corrupt(_, let offset, let reason) {
                throw .corrupt(file: name, offset: position + offset, reason: reason)
            }
            position += summary.byteCount
        }
        throw .corrupt(file: name, offset: end, reason: "the checksum of the whole file is wrong")
    }

    private func segment(_ summary: SegmentSummary, at position: UInt64) throws(StoreError) -> Segment {
        let files = VirtualFiles()
        files.add(
            SegmentFormat.fileName(summary.number), FileSlice(file, from: position, byteCount: summary.byteCount))
        return try Segment(summary, directory: Self.virtualDirectory, files: files)
    }

    /// Its contents as files of a store, in the directory ``virtualDirectory``, to be opened for reading only. Nothing
    /// is copied.
    package func contents() throws(StoreError) -> any FileSystem {
        let files = VirtualFiles()
        var position = start
        for summary in manifest.levels.joined() {
            files.add(
                SegmentFormat.fileName(summary.number), FileSlice(file, from: position, byteCount: summary.byteCount))
            position += summary.byteCount
        }
        do throws(ManifestFile.Failure) {
            try ManifestFile(directory: Self.virtualDirectory, files: files).replace(with: manifest)
        } catch {
            throw .file(error.error)
        }
        return files
    }
}
