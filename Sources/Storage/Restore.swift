import Bytes
package import Runtime

/// Puts a backup into a directory. While a file named `restoring` stands there the directory is nobody's store: it is
/// made durable first and removed last.
struct Restore {
    static let markerName = "restoring"
    /// What a directory may hold that takes a restored store.
    private static let lockName = "lock"

    let backup: BackupFile
    let directory: String
    let files: any FileSystem
    /// Further files of the application, which stand beside the store when all is done.
    let companions: [(name: String, bytes: [UInt8])]
    /// Names of the application's that may stand in the directory already.
    let harmlessNames: Set<String>
    /// Bytes done and in all; each byte is read once, written once and read back.
    let progress: (UInt64, UInt64) -> Void

    func run() throws(StoreError) -> BackupReport {
        let total = 3 * backup.report.byteCount
        try backup.checkHash { done, _ in progress(done, total) }
        var isNew = false
        let lock: any FileLock
        do throws(FileError) {
            isNew = try makeDirectory()
            lock = try files.lock(directory + "/" + Self.lockName, note: "a restore")
        } catch {
            throw error.reason == .isBusy ? .held(by: "another process") : .file(error)
        }
        defer { lock.release() }
        // Looked at under the lock, so that nobody else fills it meanwhile.
        try removeLeftovers()
        do throws(StoreError) {
            try fill(total)
        } catch {
            _ = try? undo(isNew: isNew)
            throw error
        }
        return backup.report
    }

    /// - Returns: whether the directory was made.
    private func makeDirectory() throws(FileError) -> Bool {
        guard let status = try files.status(directory) else {
            try files.makeDirectory(directory)
            try files.syncDirectory(Store.parent(of: directory))
            return true
        }
        guard status.isDirectory else { throw FileError(.notADirectory, operation: "restore", path: directory) }
        return false
    }

    /// Removes what an interrupted restore left; anything else is not touched.
    private func removeLeftovers() throws(StoreError) {
        do throws(FileError) {
            let names = try files.list(directory)
            let wasInterrupted = names.contains(Self.markerName)
            for name in names where !isHarmless(name) && !(wasInterrupted && isOwn(name)) {
                throw FileError(.alreadyExists, operation: "restore", path: directory + "/" + name)
            }
            // The marker goes last, so that this too may be interrupted.
            for name in names where !isHarmless(name) && name != Self.markerName {
                try files.remove(directory + "/" + name)
            }
        } catch {
            throw .file(error)
        }
    }

    private func isHarmless(_ name: String) -> Bool { name == Self.lockName || harmlessNames.contains(name) }

    /// Whether a restore may have written a file of that name.
    private func isOwn(_ name: String) -> Bool {
        name == Self.markerName || name == ManifestFile.currentName || name == ManifestFile.draftName
            || SegmentFormat.fileNumber(name) != nil || name.hasPrefix("MANIFEST-")
            || companions.contains { $0.name == name }
    }

    private func fill(_ total: UInt64) throws(StoreError) {
        let marker = directory + "/" + Self.markerName
        do throws(FileError) {
            if try files.status(marker) == nil {
                try write(Array("A restore into this directory is not complete.\n".utf8), to: marker)
                try files.syncDirectory(directory)
            }
            try extract(total)
        } catch {
            throw .file(error)
        }
        // Read back, before anything counts.
        var done = 2 * backup.report.byteCount
        for summary in backup.manifest.levels.joined() {
            try Segment(summary, directory: directory, files: files).verify { byteCount in
                done += byteCount
                progress(done, total)
            }
        }
        do throws(ManifestFile.Failure) {
            try ManifestFile(directory: directory, files: files).replace(with: backup.manifest)
        } catch {
            throw .file(error.error)
        }
        do throws(FileError) {
            for companion in companions {
                let path = directory + "/" + companion.name
                if try files.status(path) != nil { try files.remove(path) }
                try write(companion.bytes, to: path)
            }
            try files.syncDirectory(directory)
            try files.remove(marker)
            try files.syncDirectory(directory)
        } catch {
            throw .file(error)
        }
        progress(total, total)
    }

    private func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        let file = try files.open(path, .createNew)
        defer { file.close() }
        try file.write(bytes, at: 0)
        try file.sync()
    }

    private func extract(_ total: UInt64) throws(FileError) {
        var position = backup.start
        for summary in backup.manifest.levels.joined() {
            let file = try files.open(directory + "/" + SegmentFormat.fileName(summary.number), .createNew)
            defer { file.close() }
            var offset: UInt64 = 0
            while offset < summary.byteCount {
                let count = min(UInt64(BackupFormat.pieceByteCount), summary.byteCount - offset)
                let bytes = try backup.file.read(at: position, count: Int(count))
                guard bytes.count == Int(count) else {
                    throw FileError(.inputOutput, operation: "read", path: backup.name)
                }
                try file.write(bytes, at: offset)
                offset += count
                position += count
                progress(backup.report.byteCount + position, total)
            }
            try file.sync()
        }
    }

    /// Leaves the directory as it was. Where that fails the marker stays.
    private func undo(isNew: Bool) throws(FileError) {
        for name in try files.list(directory) where isOwn(name) && name != Self.markerName {
            try files.remove(directory + "/" + name)
        }
        try files.syncDirectory(directory)
        try files.remove(directory + "/" + Self.markerName)
        guard isNew else { return }
        try files.remove(directory + "/" + Self.lockName)
        try files.remove(directory)
    }
}

extension BackupFile {
    /// Makes a store of the backup in `directory`, which may exist but holds nothing except `harmlessNames`. Every byte
    /// is checked before anything is written, and read back before the directory becomes a store; interrupted at any
    /// moment it holds none, and a restore may begin again.
    ///
    /// - Parameters:
    ///   - companions: Files of the application that stand in the directory once it is a store.
    ///   - progress: Called with bytes done and in all.
    /// - Throws: `corrupt` when the backup is damaged; `held`; `file`, `alreadyExists` naming what else is there.
    @discardableResult
    package func restore(
        to directory: String, files: any FileSystem, companions: [(name: String, bytes: [UInt8])] = [],
        harmlessNames: Set<String> = [], progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) throws(StoreError) -> BackupReport {
        try withoutActuallyEscaping(progress) { progress throws(StoreError) in
            try Restore(
                backup: self, directory: directory, files: files, companions: companions,
                harmlessNames: harmlessNames, progress: progress
            ).run()
        }
    }
}

extension Store {
    /// Whether `directory` is one into which a restore was begun and not completed: it is no store.
    package static func isBeingRestored(_ directory: String, files: any FileSystem) throws(FileError) -> Bool {
        try files.status(directory + "/" + Restore.markerName) != nil
    }

    /// Opens the backup file `source`, checks it and makes a store of it.
    /// - Throws: as ``BackupFile/restore(to:files:companions:harmlessNames:progress:)``.
    @discardableResult
    package static func restore(
        from source: String, to directory: String, files: any FileSystem
    ) throws(StoreError) -> BackupReport {
        let file: any File
        do throws(FileError) {
            file = try files.open(source, .readOnly)
        } catch {
            throw .file(error)
        }
        defer { file.close() }
        return try BackupFile(file, name: source).restore(to: directory, files: files)
    }
}
