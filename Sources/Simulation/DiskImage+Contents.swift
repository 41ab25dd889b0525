import Runtime

/// Looking at a disk, and tampering with it, from outside the world.
extension DiskImage {
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
