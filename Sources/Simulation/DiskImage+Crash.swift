extension DiskImage {
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
}
