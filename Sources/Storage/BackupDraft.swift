import Bytes
import Crypto
package import Runtime

/// A backup file in the making: under another name until it is complete, checked and durable.
package final class BackupDraft {
    private let path: String
    /// Where the bytes are until the file has its name.
    package let draftPath: String
    private let files: any FileSystem
    private let replaces: Bool
    private let file: any File
    private var hash = SHA256()
    /// The last bytes, which may be the checksum and are not part of what it is of.
    private var tail: [UInt8] = []
    private var byteCount: UInt64 = 0

    /// Begins the draft; one that was left behind is replaced. Whoever calls sees to it that nobody else writes a
    /// backup to the same path at the same time.
    ///
    /// - Parameter replaces: Whether a file at `path` may be replaced.
    /// - Throws: `alreadyExists` with nothing changed; any other error of the volume.
    package init(path: String, replaces: Bool, files: any FileSystem) throws(FileError) {
        self.path = path
        self.files = files
        self.replaces = replaces
        draftPath = path + ".new"
        if let status = try files.status(path), !replaces || status.isDirectory {
            throw FileError(.alreadyExists, operation: "open", path: path)
        }
        if try files.status(draftPath) != nil { try files.remove(draftPath) }
        file = try files.open(draftPath, .createNew)
    }

    /// Appends the next bytes of the backup.
    package func write(_ bytes: [UInt8]) throws(FileError) {
        try file.write(bytes, at: byteCount)
        byteCount += UInt64(bytes.count)
        tail += bytes
        guard tail.count > BackupFormat.hashByteCount else { return }
        hash.update(tail.dropLast(BackupFormat.hashByteCount))
        tail = Array(tail.suffix(BackupFormat.hashByteCount))
    }

    /// Makes the file durable and gives it its name, when all its bytes have come.
    ///
    /// - Throws: `corrupt` when the bytes are not those of a whole backup; `file`. Call `abandon` then.
    package func finish() throws(StoreError) {
        guard tail == hash.finalize().bytes else {
            throw .corrupt(file: path, offset: byteCount, reason: "the backup did not arrive whole")
        }
        do throws(FileError) {
            try file.sync()
            file.close()
            try name()
            try files.syncDirectory(Store.parent(of: path))
        } catch {
            throw .file(error)
        }
    }

    private func name() throws(FileError) {
        if !replaces {
            do throws(FileError) {
                // Unlike renaming this replaces nothing that came meanwhile.
                try files.link(draftPath, to: path)
                _ = try? files.remove(draftPath)
                return
            } catch {
                // Not every volume knows second names.
                if error.reason == .alreadyExists { throw error }
            }
        }
        try files.rename(draftPath, to: path)
    }

    /// Removes what there is of the draft.
    package func abandon() {
        file.close()
        _ = try? files.remove(draftPath)
    }
}
