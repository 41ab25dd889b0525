import Bytes
import Crypto
import Runtime

/// Reads and replaces the manifest of a directory. `CURRENT` says which one holds, and what it must hash to.
struct ManifestFile {
    static let currentName = "CURRENT"
    static let draftName = "CURRENT.new"

    /// Why a manifest could not be put in place.
    struct Failure: Error {
        let error: FileError
        /// Whether the old manifest surely still holds, so that another attempt may be made. Otherwise it is not known
        /// which one a restart would find.
        let isHarmless: Bool
    }

    let directory: String
    let files: any FileSystem

    /// The manifest that holds; nil when the store has none yet.
    func load() throws(StoreError) -> Manifest? {
        let path = directory + "/" + Self.currentName
        let current: [UInt8]
        do {
            guard try files.status(path) != nil else { return nil }
            current = try read(path, limit: 4096)
        } catch {
            throw .file(error)
        }
        let lines = String(decoding: current, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 3, lines[0].hasPrefix("MANIFEST-"), lines[2].isEmpty, lines[1].utf8.count == 64,
            !lines[0].contains("/")
        else {
            throw .corrupt(file: path, offset: 0, reason: "it does not name a manifest")
        }
        let name = directory + "/" + lines[0]
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try read(name, limit: 1 << 30)
        } catch {
            guard error.reason == .notFound else { throw .file(error) }
            throw .corrupt(file: name, offset: 0, reason: "the manifest is missing, though CURRENT names it")
        }
        guard Hex.encode(Self.hash(bytes)) == lines[1] else {
            throw .corrupt(file: name, offset: 0, reason: "the manifest's checksum is wrong")
        }
        do throws(Manifest.Failure) {
            let manifest = try Manifest(bytes)
            guard manifest.fileName == lines[0] else {
                throw Manifest.Failure.damaged("the manifest has another number than its name")
            }
            return manifest
        } catch {
            switch error {
            case .newerFormat(let version): throw .newerFormat(version)
            case .damaged(let reason): throw .corrupt(file: name, offset: 0, reason: reason)
            }
        }
    }

    /// Makes `manifest` the one that holds. The segments it names are synced, but their names may not be.
    func replace(with manifest: Manifest) throws(Failure) {
        let bytes = manifest.encoded()
        let draft = directory + "/" + Self.draftName
        do throws(FileError) {
            let path = directory + "/" + manifest.fileName
            // One of this name was never named: its number is above that of the manifest that holds.
            if try files.status(path) != nil { try files.remove(path) }
            try write(bytes, to: path)
        } catch {
            throw Failure(error: error, isHarmless: true)
        }
        // The names of new segments and of the manifest. The kernel forgets a failed sync, so there is no second try.
        try lastly { () throws(FileError) in try files.syncDirectory(directory) }
        do throws(FileError) {
            if try files.status(draft) != nil { try files.remove(draft) }
            let text = manifest.fileName + "\n" + Hex.encode(Self.hash(bytes)) + "\n"
            try write(Array(text.utf8), to: draft)
        } catch {
            throw Failure(error: error, isHarmless: true)
        }
        try lastly { () throws(FileError) in
            try files.rename(draft, to: directory + "/" + Self.currentName)
            try files.syncDirectory(directory)
        }
    }

    private func lastly(_ body: () throws(FileError) -> Void) throws(Failure) {
        do throws(FileError) {
            try body()
        } catch {
            throw Failure(error: error, isHarmless: false)
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        let file = try files.open(path, .createNew)
        defer { file.close() }
        try file.write(bytes, at: 0)
        try file.sync()
    }

    private func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let file = try files.open(path, .readOnly)
        defer { file.close() }
        return try file.read(at: 0, count: min(limit, Int(clamping: try file.byteCount())))
    }

    private static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize().bytes
    }
}
