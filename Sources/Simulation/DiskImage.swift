import Runtime

/// The state of a simulated disk, as a value: what processes see, and what a loss of power would leave.
///
/// Copies are cheap: they share blocks until written. Paths are taken from the root; a relative one too.
package struct DiskImage: Sendable {
    var nodes: [DiskNode?] = [DiskNode(isDirectory: true)]
    /// Blocks in use by files that have a name or are open.
    var usedBlockCount = 0

    /// An empty disk: a root directory.
    package init() {}

    /// Bytes of the volume in use, in blocks of 4 KiB.
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

    mutating func unlinked(_ node: Int) {
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
}
