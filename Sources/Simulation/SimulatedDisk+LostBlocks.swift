/// Blocks of writes that the device loses or puts elsewhere, and says nothing of.
extension SimulatedDisk {
    /// Does the write at the expense of some of its blocks, when it is meant to. Answers whether it did.
    func losesBlocks(_ node: Int, _ path: String, _ bytes: [UInt8], at offset: UInt64) -> Bool {
        guard let name = path.split(separator: "/").last, name.hasPrefix(faults.strayNamePrefix), !bytes.isEmpty else {
            return false
        }
        if generator.happens(perMillion: faults.lostBlockChance) {
            fired.lostWrites += 1
            _ = putLosing(node, path, bytes, at: offset)
            return true
        }
        guard generator.happens(perMillion: faults.strayBlockChance) else { return false }
        fired.misdirectedWrites += 1
        let lost = putLosing(node, path, bytes, at: offset)
        putElsewhere(node, path, lost)
        return true
    }

    /// Writes all but some blocks in a row.
    /// - Returns: what was not written.
    private func putLosing(_ node: Int, _ path: String, _ bytes: [UInt8], at offset: UInt64) -> ArraySlice<UInt8> {
        let block = FileBlocks.blockByteCount
        let count = (bytes.count + block - 1) / block
        let first = generator.below(count)
        let lost = first * block..<min(bytes.count, (first + 1 + generator.below(count - first)) * block)
        put(node, path, bytes[..<lost.lowerBound], at: offset)
        put(node, path, bytes[lost.upperBound...], at: offset + UInt64(lost.upperBound))
        // The size is the file system's affair, and arrives.
        let end = offset + UInt64(bytes.count)
        if let file = image.nodes[node]?.file, file.byteCount < end { truncate(node, path, to: end) }
        return bytes[lost]
    }

    /// Overwrites something that exists: a place of the same file, or of another one in its directory.
    private func putElsewhere(_ node: Int, _ path: String, _ bytes: ArraySlice<UInt8>) {
        var target = (node: node, path: path)
        if generator.below(2) == 0, let (directory, _) = try? image.place(of: path, "write"),
            let entries = image.nodes[directory]?.directory?.cached
        {
            let others = entries.sorted { $0.key < $1.key }.filter { image.nodes[$0.value]?.directory == nil }
            if !others.isEmpty {
                let other = others[generator.below(others.count)]
                target = (other.value, other.key)
            }
        }
        guard let byteCount = image.nodes[target.node]?.file.byteCount, byteCount > 0 else { return }
        let block = UInt64(FileBlocks.blockByteCount)
        let offset = block * UInt64(generator.below(Int((byteCount + block - 1) / block)))
        put(target.node, target.path, bytes.prefix(Int(min(UInt64(bytes.count), byteCount - offset))), at: offset)
    }
}
