import Runtime

/// Files that are in memory, or are parts of another file, under the names of a directory: what a backup holds can be
/// read as a store, and what is only in memory can be made into segments without a volume.
///
/// It has one directory, whatever that is called. Locks are granted to everybody.
final class VirtualFiles: FileSystem {
    private let contents = Guarded<[String: any File]>([:])

    init() {}

    /// Puts `file` under `name`.
    func add(_ name: String, _ file: any File) {
        contents.withLock { $0[name] = file }
    }

    private static func name(_ path: String) -> String {
        String(path.split(separator: "/", omittingEmptySubsequences: true).last ?? "")
    }

    func open(_ path: String, _ mode: OpenMode) throws(FileError) -> any File {
        let name = Self.name(path)
        let (file, isTaken) = contents.withLock { contents -> ((any File)?, Bool) in
            guard mode == .createNew else { return (contents[name], false) }
            if contents[name] != nil { return (nil, true) }
            let file = MemoryFile()
            contents[name] = file
            return (file, false)
        }
        guard let file else { throw FileError(isTaken ? .alreadyExists : .notFound, operation: "open", path: path) }
        return file
    }

    func list(_ directory: String) throws(FileError) -> [String] {
        contents.withLock { Array($0.keys) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func makeDirectory(_ path: String) throws(FileError) {
        throw FileError(.alreadyExists, operation: "mkdir", path: path)
    }

    func rename(_ from: String, to: String) throws(FileError) {
        try link(from, to: to)
        try remove(from)
    }

    func link(_ from: String, to: String) throws(FileError) {
        add(Self.name(to), try open(from, .readOnly))
    }

    func remove(_ path: String) throws(FileError) {
        guard contents.withLock({ $0.removeValue(forKey: Self.name(path)) }) != nil else {
            throw FileError(.notFound, operation: "unlink", path: path)
        }
    }

    func syncDirectory(_ path: String) throws(FileError) {}

    func status(_ path: String) throws(FileError) -> FileStatus? {
        guard let file = contents.withLock({ $0[Self.name(path)] }) else {
            // Any name without a slash is the directory's.
            guard !path.contains("/") else { return nil }
            return FileStatus(byteCount: 0, isDirectory: true, owner: 0, permissions: 0o700)
        }
        return FileStatus(byteCount: try file.byteCount(), isDirectory: false, owner: 0, permissions: 0o600)
    }

    func freeSpace(_ path: String) throws(FileError) -> UInt64 { .max }

    func lock(_ path: String, note: String) throws(FileError) -> any FileLock { Lock() }

    private final class Lock: FileLock {
        func release() {}
    }
}
