import Runtime

/// The state of a simulated disk, as a value: what processes see, and what a loss of power would leave.
///
/// Copies are cheap: they share blocks until written. Paths are taken from the root; a relative one too.
package struct DiskImage: Sendable {
    var nodes: [DiskNode?] = [DiskNode(isDirectory: true)]
    /// Blocks in use by files that have a name or are open.
    private(set) var usedBlockCount = 0

    /// An empty disk: a root directory.
    package init() {}

    package var usedByteCount: UInt64 { UInt64(usedBlockCount) * UInt64(FileBlocks.blockByteCount) }

    // MARK: Names

    static func components(_ path: String) -> [String] {
        var parts: [String] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
        }
        return parts
    }

    /// The node at `path`, nil when there is none.
    func node(at path: String, _ operation: StaticString) throws(FileError) -> Int? {
        try node(at: Self.components(path), of: path, operation)
    }

    private func node(
        at parts: [String], of path: String, _ operation: StaticString
    ) throws(FileError) -> Int? {
        var node = 0
        for part in parts {
            guard let directory = nodes[node]?.directory else {
                throw FileError(.notADirectory, operation: operation, path: path)
            }
            guard let next = directory.cached[part] else { return nil }
            node = next
        }
        return node
    }

    func existingNode(at path: String, _ operation: StaticString) throws(FileError) -> Int {
        guard let node = try node(at: path, operation) else {
            throw FileError(.notFound, operation: operation, path: path)
        }
        return node
    }

    /// The directory that holds the last name of `path`, and that name.
    func place(of path: String, _ operation: StaticString) throws(FileError) -> (directory: Int, name: String) {
        var parts = Self.components(path)
        guard let name = parts.popLast() else { throw FileError(.isBusy, operation: operation, path: path) }
        guard let parent = try node(at: parts, of: path, operation) else {
            throw FileError(.notFound, operation: operation, path: path)
        }
        guard nodes[parent]?.directory != nil else {
            throw FileError(.notADirectory, operation: operation, path: path)
        }
        return (parent, name)
    }

    /// Adds a file or directory.
    /// - Returns: its node.
    mutating func create(_ path: String, isDirectory: Bool, _ operation: StaticString) throws(FileError) -> Int {
        let (parent, name) = try place(of: path, operation)
        guard nodes[parent]?.directory?.cached[name] == nil else {
            throw FileError(.alreadyExists, operation: operation, path: path)
        }
        nodes.append(DiskNode(isDirectory: isDirectory))
        let node = nodes.count - 1
        nodes[node]?.linkCount = 1
        nodes[parent]?.directory?.set(name, to: node)
        return node
    }

    mutating func rename(_ from: String, to: String) throws(FileError) {
        let node = try existingNode(at: from, "rename")
        let source = try place(of: from, "rename")
        let target = try place(of: to, "rename")
        let replaced = nodes[target.directory]?.directory?.cached[target.name]
        if replaced == node { return }
        if let replaced, nodes[replaced]?.directory != nil {
            throw FileError(.other(21), operation: "rename", path: to)
        }
        if source.directory == target.directory {
            nodes[source.directory]?.directory?.rename(source.name, to: target.name, node: node)
        } else {
            nodes[target.directory]?.directory?.set(target.name, to: node)
            nodes[source.directory]?.directory?.set(source.name, to: nil)
        }
        if let replaced { unlinked(replaced) }
    }

    mutating func link(_ from: String, to: String) throws(FileError) {
        guard let node = try node(at: from, "link") else { throw FileError(.notFound, operation: "link", path: to) }
        guard nodes[node]?.directory == nil else { throw FileError(.permissionDenied, operation: "link", path: to) }
        let target = try place(of: to, "link")
        guard nodes[target.directory]?.directory?.cached[target.name] == nil else {
            throw FileError(.alreadyExists, operation: "link", path: to)
        }
        nodes[target.directory]?.directory?.set(target.name, to: node)
        nodes[node]?.linkCount += 1
    }

    mutating func remove(_ path: String) throws(FileError) {
        let node = try existingNode(at: path, "unlink")
        let (parent, name) = try place(of: path, "unlink")
        if let directory = nodes[node]?.directory, !directory.cached.isEmpty {
            throw FileError(.other(39), operation: "unlink", path: path)
        }
        nodes[parent]?.directory?.set(name, to: nil)
        unlinked(node)
    }

    mutating func syncDirectory(_ path: String) throws(FileError) {
        let node = try existingNode(at: path, "fsync")
        guard let entries = nodes[node]?.directory else {
            throw FileError(.notADirectory, operation: "fsync", path: path)
        }
        let before = entries.durable
        nodes[node]?.directory?.sync()
        for gone in before.values.sorted() { freeIfUnused(gone) }
    }

    func list(_ path: String) throws(FileError) -> [String] {
        guard let directory = nodes[try existingNode(at: path, "getdents")]?.directory else {
            throw FileError(.notADirectory, operation: "getdents", path: path)
        }
        return directory.cached.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    // MARK: Files

    mutating func write(_ node: Int, _ bytes: ArraySlice<UInt8>, at offset: UInt64) {
        usedBlockCount += nodes[node]?.file.newBlockCount(offset: offset, count: bytes.count) ?? 0
        nodes[node]?.file.write(bytes, at: offset)
    }

    mutating func truncate(_ node: Int, to byteCount: UInt64) {
        guard let before = nodes[node]?.file.allocatedBlockCount else { return }
        nodes[node]?.file.truncate(to: byteCount)
        usedBlockCount += (nodes[node]?.file.allocatedBlockCount ?? before) - before
    }

    mutating func opened(_ node: Int) {
        nodes[node]?.openCount += 1
    }

    mutating func closed(_ node: Int) {
        nodes[node]?.openCount -= 1
        releaseSpaceIfUnused(node)
    }

    private mutating func unlinked(_ node: Int) {
        nodes[node]?.linkCount -= 1
        releaseSpaceIfUnused(node)
    }

    private mutating func releaseSpaceIfUnused(_ node: Int) {
        guard let entry = nodes[node], entry.linkCount == 0, entry.openCount == 0 else { return }
        usedBlockCount -= entry.file.allocatedBlockCount
        freeIfUnused(node)
    }

    /// Forgets a node that nothing leads to, now or after a loss of power.
    private mutating func freeIfUnused(_ node: Int) {
        guard let entry = nodes[node], entry.linkCount == 0, entry.openCount == 0 else { return }
        for holder in nodes where holder?.directory?.mayLead(to: node) == true { return }
        nodes[node] = nil
    }

    // MARK: After a crash

    /// The disk after a loss of power, with nothing unsynced and nothing open.
    package func crashed(_ policy: CrashPolicy) -> DiskImage {
        var choices = CrashChoices(policy)
        return crashed(&choices)
    }

    /// How many separate things a loss of power would now keep or lose, at most.
    package var unsyncedCount: Int {
        var count = 0
        for node in nodes { count += node.map { $0.directory?.unsyncedCount ?? $0.file.unsyncedCount } ?? 0 }
        return count
    }

    private func crashed(_ choices: inout CrashChoices) -> DiskImage {
        var result = DiskImage()
        result.nodes = Array(repeating: nil, count: nodes.count)
        var pending = [0]
        var files: [Int] = []
        while let number = pending.popLast() {
            guard result.nodes[number] == nil, let node = nodes[number] else {
                result.nodes[number]?.linkCount += 1
                continue
            }
            var copy = node
            copy.openCount = 0
            copy.linkCount = 1
            if let directory = node.directory {
                let entries = directory.crashed(&choices)
                pending += entries.cached.values.sorted(by: >)
                copy.directory = entries
            } else {
                files.append(number)
            }
            result.nodes[number] = copy
        }
        for number in files.sorted() {
            guard let file = nodes[number]?.file.crashed(&choices) else { continue }
            result.nodes[number]?.file = file
            result.usedBlockCount += file.allocatedBlockCount
        }
        return result
    }

    // MARK: Looking and tampering

    /// The contents of a file as processes see them; nil when there is none.
    package func contents(_ path: String) -> [UInt8]? {
        guard let node = try? node(at: path, "read"), let entry = nodes[node], entry.directory == nil else {
            return nil
        }
        return entry.file.read(at: 0, count: Int(entry.file.byteCount))
    }

    /// All files, in byte order of their paths, such as `/data/CURRENT`.
    package var filePaths: [String] {
        var paths: [String] = []
        var pending = [(0, "")]
        while let (number, path) = pending.popLast() {
            guard let directory = nodes[number]?.directory else {
                paths.append(path)
                continue
            }
            for (name, node) in directory.cached { pending.append((node, path + "/" + name)) }
        }
        return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Flips one bit of a file, counted from the lowest of its first byte, on stable storage and in memory alike.
    /// False when the file is not that long.
    @discardableResult
    package mutating func flipBit(_ path: String, bit: Int) -> Bool {
        guard let node = try? node(at: path, "read"), let file = nodes[node]?.file, bit >= 0,
            UInt64(bit / 8) < file.byteCount
        else { return false }
        nodes[node]?.file.corrupt { file in
            let offset = UInt64(bit / 8)
            guard let byte = file.read(at: offset, count: 1).first else { return }
            file.write([byte ^ 1 << UInt8(bit % 8)], at: offset)
        }
        return true
    }

    /// Cuts a file short, or lengthens it with zeros. False when there is none.
    @discardableResult
    package mutating func truncateFile(_ path: String, to byteCount: UInt64) -> Bool {
        guard let node = try? node(at: path, "read"), let before = nodes[node]?.file.allocatedBlockCount else {
            return false
        }
        nodes[node]?.file.corrupt { $0.truncate(to: byteCount) }
        usedBlockCount += (nodes[node]?.file.allocatedBlockCount ?? before) - before
        return true
    }

    /// Removes a file or directory, for good at once. False when there is none.
    @discardableResult
    package mutating func removeFile(_ path: String) -> Bool {
        guard let node = try? node(at: path, "unlink"), let (parent, name) = try? place(of: path, "unlink") else {
            return false
        }
        nodes[parent]?.directory?.corrupt(name, to: nil)
        unlinked(node)
        return true
    }

    /// Replaces a file's contents, or adds the file, durably at once. False when its directory does not exist.
    @discardableResult
    package mutating func setContents(_ path: String, _ bytes: [UInt8]) -> Bool {
        guard let (parent, name) = try? place(of: path, "open") else { return false }
        removeFile(path)
        var node = DiskNode(isDirectory: false)
        node.linkCount = 1
        node.file = FileBlocks(bytes)
        usedBlockCount += node.file.allocatedBlockCount
        nodes.append(node)
        let number = nodes.count - 1
        nodes[parent]?.directory?.corrupt(name, to: number)
        return true
    }
}
