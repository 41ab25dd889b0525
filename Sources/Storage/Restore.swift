import Bytes
import Crypto
package import Runtime

/// Puts a backup into a directory: all of it is checked before anything is written, and nothing counts until `CURRENT`,
/// which is written last.
struct Restore {
    let source: String
    let directory: String
    let files: any FileSystem
    /// Bytes done and in all; each byte is read twice.
    let progress: (UInt64, UInt64) -> Void

    func run() throws(StoreError) -> BackupReport {
        let file: any File
        let byteCount: UInt64
        do {
            file = try files.open(source, .readOnly)
            byteCount = try file.byteCount()
        } catch {
            throw .file(error)
        }
        defer { file.close() }
        let (manifest, start) = try readManifest(file, byteCount)
        try checkHash(file, byteCount)
        try prepare()
        do {
            try extract(manifest, file, from: start, byteCount)
        } catch {
            throw .file(error)
        }
        // Read back, before anything counts.
        for summary in manifest.levels.joined() {
            try Segment(summary, directory: directory, files: files).verify()
        }
        do throws(ManifestFile.Failure) {
            try ManifestFile(directory: directory, files: files).replace(with: manifest)
        } catch {
            throw .file(error.error)
        }
        return BackupReport(
            transactionNumber: manifest.flushed.number, segmentCount: manifest.levels.joined().count,
            byteCount: byteCount)
    }

    private func damaged(_ offset: UInt64, _ reason: String) -> StoreError {
        .corrupt(file: source, offset: offset, reason: reason)
    }

    private func read(_ file: any File, _ offset: UInt64, _ count: Int) throws(StoreError) -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try file.read(at: offset, count: count)
        } catch {
            throw .file(error)
        }
        guard bytes.count == count else { throw damaged(offset, "the backup ends too early") }
        return bytes
    }

    /// - Returns: the manifest, and where the first segment begins.
    private func readManifest(_ file: any File, _ byteCount: UInt64) throws(StoreError) -> (Manifest, UInt64) {
        let head = try read(file, 0, BackupFormat.headByteCount)
        var reader = ByteReader(head)
        guard let magic = try? reader.bigEndian(UInt64.self), magic == BackupFormat.magic,
            let version = try? reader.littleEndian(UInt32.self), let count = try? reader.littleEndian(UInt32.self)
        else { throw damaged(0, "this is not a backup") }
        guard version > 0, version <= BackupFormat.version else { throw .newerFormat(version) }
        guard Int(count) <= BackupFormat.maxManifestByteCount else { throw damaged(12, "the manifest is too long") }
        let bytes = try read(file, UInt64(BackupFormat.headByteCount), Int(count))
        let start = UInt64(BackupFormat.headByteCount) + UInt64(count)
        do throws(Manifest.Failure) {
            let manifest = try Manifest(bytes)
            guard byteCount == start + manifest.segmentByteCount + UInt64(BackupFormat.hashByteCount) else {
                throw Manifest.Failure.damaged("the file has not the length its manifest needs")
            }
            return (manifest, start)
        } catch {
            switch error {
            case .newerFormat(let version): throw .newerFormat(version)
            case .damaged(let reason): throw damaged(UInt64(BackupFormat.headByteCount), reason)
            }
        }
    }

    private func checkHash(_ file: any File, _ byteCount: UInt64) throws(StoreError) {
        var hash = SHA256()
        var offset: UInt64 = 0
        let end = byteCount - UInt64(BackupFormat.hashByteCount)
        while offset < end {
            let bytes = try read(file, offset, Int(min(UInt64(BackupFormat.pieceByteCount), end - offset)))
            hash.update(bytes)
            offset += UInt64(bytes.count)
            progress(offset, 2 * byteCount)
        }
        guard try read(file, end, BackupFormat.hashByteCount) == hash.finalize().bytes else {
            throw damaged(end, "the checksum of the whole backup is wrong")
        }
    }

    /// The directory exists then, without a store; what an interrupted restore left is removed.
    private func prepare() throws(StoreError) {
        do throws(FileError) {
            if try files.status(directory) == nil {
                try files.makeDirectory(directory)
                try files.syncDirectory(Store.parent(of: directory))
            }
            let names = try files.list(directory)
            for name in names where name == ManifestFile.currentName || LogFormat.fileNumber(name) != nil {
                throw FileError(.alreadyExists, operation: "restore", path: directory + "/" + name)
            }
            for name in names where SegmentFormat.fileNumber(name) != nil || name.hasPrefix("MANIFEST-") {
                try files.remove(directory + "/" + name)
            }
        } catch {
            throw .file(error)
        }
    }

    private func extract(
        _ manifest: Manifest, _ source: any File, from start: UInt64, _ byteCount: UInt64
    ) throws(FileError) {
        var position = start
        for summary in manifest.levels.joined() {
            let file = try files.open(directory + "/" + SegmentFormat.fileName(summary.number), .createNew)
            defer { file.close() }
            var offset: UInt64 = 0
            while offset < summary.byteCount {
                let count = min(UInt64(BackupFormat.pieceByteCount), summary.byteCount - offset)
                let bytes = try source.read(at: position, count: Int(count))
                guard bytes.count == Int(count) else {
                    throw FileError(.inputOutput, operation: "read", path: self.source)
                }
                try file.write(bytes, at: offset)
                offset += count
                position += count
                progress(byteCount + position, 2 * byteCount)
            }
            try file.sync()
        }
    }
}

extension Store {
    /// Puts the backup in file `source` into `directory`, which may exist but holds no store. Everything is verified
    /// before the directory becomes a store; interrupted at any moment it holds none, and a restore may begin again.
    ///
    /// - Parameter progress: Called with bytes done and in all.
    /// - Throws: `corrupt` when the backup is damaged; `newerFormat`; `file`, `alreadyExists` when there is a store.
    package static func restore(
        from source: String, to directory: String, files: any FileSystem,
        progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) throws(StoreError) -> BackupReport {
        try withoutActuallyEscaping(progress) { progress throws(StoreError) in
            try Restore(source: source, directory: directory, files: files, progress: progress).run()
        }
    }
}
