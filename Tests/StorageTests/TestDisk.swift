import Runtime
import Synchronization

/// A disk in memory that remembers every call, so that the state after a crash at any of them can be built again.
final class TestDisk: FileSystem, @unchecked Sendable {
    /// One change of the disk.
    enum Call {
        case makeDirectory(String)
        case create(String, inode: Int)
        case write(inode: Int, offset: Int, bytes: [UInt8])
        case truncate(inode: Int, byteCount: Int)
        case sync(inode: Int)
        case rename(String, String)
        case link(String, String)
        case remove(String)
        case syncDirectory(String)
    }

    private(set) var calls: [Call] = []
    private(set) var names: [String: Int] = [:]
    private(set) var directories: Set<String> = [".", "/"]
    fileprivate(set) var contents: [Int: [UInt8]] = [:]
    private var locks: Set<String> = []
    private var nextInode = 1
    /// The call (counted from 0) that fails, and how.
    var failure: (call: Int, reason: FileError.Reason)?
    /// Bytes the volume has.
    var capacity = 1 << 30
    /// Whether writes that need room beyond `capacity` fail; otherwise it only shows in `freeSpace`.
    var enforcesCapacity = false

    init() {}

    var usedByteCount: Int { contents.values.reduce(0) { $0 + $1.count } }

    fileprivate func note(_ call: Call, _ operation: StaticString, _ path: String) throws(FileError) {
        if let failure, failure.call == calls.count {
            throw FileError(failure.reason, operation: operation, path: path)
        }
        calls.append(call)
    }

    // MARK: FileSystem

    func open(_ path: String, _ mode: OpenMode) throws(FileError) -> any File {
        if mode == .createNew {
            guard names[path] == nil else { throw FileError(.alreadyExists, operation: "open", path: path) }
            try note(.create(path, inode: nextInode), "open", path)
            names[path] = nextInode
            contents[nextInode] = []
            nextInode += 1
        }
        guard let inode = names[path] else { throw FileError(.notFound, operation: "open", path: path) }
        return TestFile(disk: self, inode: inode, path: path)
    }

    func list(_ directory: String) throws(FileError) -> [String] {
        let prefix = directory + "/"
        return names.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }.sorted()
    }

    func makeDirectory(_ path: String) throws(FileError) {
        try note(.makeDirectory(path), "mkdir", path)
        directories.insert(path)
    }

    func rename(_ from: String, to: String) throws(FileError) {
        guard let inode = names[from] else { throw FileError(.notFound, operation: "rename", path: from) }
        try note(.rename(from, to), "rename", from)
        names[from] = nil
        names[to] = inode
    }

    func link(_ from: String, to: String) throws(FileError) {
        guard let inode = names[from] else { throw FileError(.notFound, operation: "link", path: from) }
        try note(.link(from, to), "link", from)
        names[to] = inode
    }

    func remove(_ path: String) throws(FileError) {
        guard let inode = names[path] else { throw FileError(.notFound, operation: "remove", path: path) }
        try note(.remove(path), "remove", path)
        names[path] = nil
        contents[inode] = nil
    }

    func syncDirectory(_ path: String) throws(FileError) {
        try note(.syncDirectory(path), "fsync", path)
    }

    func status(_ path: String) throws(FileError) -> FileStatus? {
        if directories.contains(path) {
            return FileStatus(byteCount: 0, isDirectory: true, owner: 0, permissions: 0o700)
        }
        guard let inode = names[path] else { return nil }
        return FileStatus(
            byteCount: UInt64(contents[inode, default: []].count), isDirectory: false, owner: 0, permissions: 0o600)
    }

    func freeSpace(_ path: String) throws(FileError) -> UInt64 {
        UInt64(max(0, capacity - usedByteCount))
    }

    func lock(_ path: String, note: String) throws(FileError) -> any FileLock {
        guard locks.insert(path).inserted else { throw FileError(.isBusy, operation: "lock", path: path) }
        if names[path] == nil {
            names[path] = nextInode
            nextInode += 1
        }
        if let inode = names[path] { contents[inode] = Array(note.utf8) }
        return TestLock { [self] in locks.remove(path) }
    }

    // MARK: Damage

    /// Changes the bytes of a file behind everybody's back.
    func edit(_ path: String, _ change: (inout [UInt8]) -> Void) {
        guard let inode = names[path] else { return }
        change(&contents[inode, default: []])
    }

    func bytes(_ path: String) -> [UInt8] {
        names[path].flatMap { contents[$0] } ?? []
    }

    /// What a machine finds when power was lost after the first `count` calls of this disk.
    ///
    /// - Parameter choice: decides about each unsynced sector and each unsynced change of a name: true keeps it.
    func crashed(after count: Int, _ choice: () -> Bool) -> TestDisk {
        let disk = TestDisk()
        var durable: [Int: [UInt8]] = [:]
        var cached: [Int: [UInt8]] = [:]
        var dirty: [Int: Set<Int>] = [:]
        var pendingNames: [Call] = []
        for call in calls.prefix(count) {
            switch call {
            case .makeDirectory(let path): disk.directories.insert(path)
            case .create(_, let inode):
                cached[inode] = []
                durable[inode] = []
                pendingNames.append(call)
            case .write(let inode, let offset, let bytes):
                var content = cached[inode, default: []]
                if content.count < offset + bytes.count {
                    content += [UInt8](repeating: 0, count: offset + bytes.count - content.count)
                }
                content.replaceSubrange(offset..<offset + bytes.count, with: bytes)
                cached[inode] = content
                dirty[inode, default: []].formUnion(offset / 512...(offset + bytes.count - 1) / 512)
            case .truncate(let inode, let byteCount):
                cached[inode] = Array(cached[inode, default: []].prefix(byteCount))
                durable[inode] = Array(durable[inode, default: []].prefix(byteCount))
            case .sync(let inode):
                durable[inode] = cached[inode]
                dirty[inode] = []
            case .rename, .remove, .link: pendingNames.append(call)
            case .syncDirectory:
                for pending in pendingNames { disk.applyName(pending) }
                pendingNames = []
            }
        }
        for pending in pendingNames where choice() { disk.applyName(pending) }
        for inode in cached.keys.sorted() {
            var content = durable[inode, default: []]
            let new = cached[inode, default: []]
            for sector in dirty[inode, default: []].sorted() where choice() {
                let start = sector * 512
                let end = min(start + 512, new.count)
                guard start < end else { continue }
                if content.count < end { content += [UInt8](repeating: 0, count: end - content.count) }
                content.replaceSubrange(start..<end, with: new[start..<end])
            }
            disk.contents[inode] = content
            disk.nextInode = max(disk.nextInode, inode + 1)
        }
        return disk
    }

    private func applyName(_ call: Call) {
        switch call {
        case .create(let path, let inode): names[path] = inode
        case .rename(let from, let to):
            if let inode = names[from] {
                names[from] = nil
                names[to] = inode
            }
        case .link(let from, let to): names[to] = names[from]
        case .remove(let path): names[path] = nil
        default: break
        }
    }
}

private final class TestLock: FileLock {
    private let onRelease: @Sendable () -> Void

    init(_ onRelease: @escaping @Sendable () -> Void) {
        self.onRelease = onRelease
    }

    func release() { onRelease() }
}

private final class TestFile: File, @unchecked Sendable {
    private let disk: TestDisk
    private let inode: Int
    private let path: String

    init(disk: TestDisk, inode: Int, path: String) {
        self.disk = disk
        self.inode = inode
        self.path = path
    }

    func read(at offset: UInt64, count: Int) throws(FileError) -> [UInt8] {
        Array(disk.contents[inode, default: []].dropFirst(Int(offset)).prefix(count))
    }

    func write(_ bytes: [UInt8], at offset: UInt64) throws(FileError) {
        let end = Int(offset) + bytes.count
        let growth = max(0, end - disk.contents[inode, default: []].count)
        if disk.enforcesCapacity, disk.usedByteCount + growth > disk.capacity {
            throw FileError(.noSpace, operation: "write", path: path)
        }
        try disk.note(.write(inode: inode, offset: Int(offset), bytes: bytes), "write", path)
        if growth > 0 { disk.contents[inode]?.append(contentsOf: [UInt8](repeating: 0, count: growth)) }
        disk.contents[inode]?.replaceSubrange(Int(offset)..<end, with: bytes)
    }

    func sync() throws(FileError) {
        try disk.note(.sync(inode: inode), "fdatasync", path)
    }

    func byteCount() throws(FileError) -> UInt64 {
        UInt64(disk.contents[inode, default: []].count)
    }

    func truncate(to byteCount: UInt64) throws(FileError) {
        try disk.note(.truncate(inode: inode, byteCount: Int(byteCount)), "ftruncate", path)
        disk.contents[inode] = Array(disk.contents[inode, default: []].prefix(Int(byteCount)))
    }

    func close() {}
}
