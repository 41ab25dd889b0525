/// The names in one simulated directory: as processes see them, and as they are on stable storage.
struct DirectoryEntries: Sendable {
    /// One call's changes, which a loss of power keeps or loses together.
    private struct Change {
        /// Names that came to mean a node, or nothing.
        let names: [(name: String, node: Int?)]
    }

    private(set) var cached: [String: Int] = [:]
    private(set) var durable: [String: Int] = [:]
    private var unsynced: [Change] = []

    /// Changes that a loss of power may keep or lose.
    var unsyncedCount: Int { unsynced.count }

    mutating func set(_ name: String, to node: Int?) {
        cached[name] = node
        unsynced.append(Change(names: [(name, node)]))
    }

    /// Both changes happen or neither does.
    mutating func rename(_ from: String, to: String, node: Int) {
        cached[from] = nil
        cached[to] = node
        unsynced.append(Change(names: [(to, node), (from, nil)]))
    }

    /// Whether a name means `node`, now or after some loss of power.
    func mayLead(to node: Int) -> Bool {
        cached.values.contains(node) || durable.values.contains(node)
            || unsynced.contains { $0.names.contains { $0.node == node } }
    }

    mutating func sync() {
        durable = cached
        unsynced.removeAll()
    }

    /// The directory after a loss of power: each unsynced change was kept or lost, whatever became of those before it.
    func crashed(_ choices: inout CrashChoices) -> DirectoryEntries {
        var result = DirectoryEntries()
        result.durable = durable
        for change in unsynced where choices.nextEntry() {
            for (name, node) in change.names { result.durable[name] = node }
        }
        result.cached = result.durable
        return result
    }

    /// Changes a name on stable storage and in the cache alike.
    mutating func corrupt(_ name: String, to node: Int?) {
        cached[name] = node
        sync()
    }
}
