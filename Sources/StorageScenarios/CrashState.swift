import Storage

/// What a store holds after some transaction of a `CrashWorkload`.
struct CrashState {
    /// The new record of an id, nil for a deletion.
    typealias Change = (id: Int64, item: Item?)

    private(set) var items: [Int64: Item] = [:]

    func changed(by changes: [Change]) -> CrashState {
        var next = self
        for (id, item) in changes { next.items[id] = item }
        return next
    }

    /// Compares all that `snapshot` shows, by every way there is to look at it.
    /// - Returns: what is wrong; nil when nothing is.
    func fault(in snapshot: Snapshot) -> String? {
        let expected = items.values.sorted { $0.id < $1.id }
        var seen: [Item] = []
        snapshot.scan(Item.self) { item, _ in
            seen.append(item)
            return true
        }
        var backwards: [Item] = []
        snapshot.scan(Item.self, order: .descending) { item, _ in
            backwards.append(item)
            return true
        }
        var colors = 0
        snapshot.scanKeys(Item.byColor) { _, _ in
            colors += 1
            return true
        }
        var lines = 0
        snapshot.scan(Line.self) { line, _ in
            lines += 1
            return line.number == Int64(lines)
        }
        for id in 0..<3 as Range<Int64> {
            guard snapshot.get(Item.self, Key(id)) == items[id],
                snapshot.first(Item.byName, Key("n\(id)")) == items[id]
            else { return "item \(id) is not what transaction \(snapshot.number) left" }
        }
        if seen != expected || backwards != expected.reversed() {
            return "the items are not those of \(snapshot.number)"
        }
        if colors != expected.count { return "\(colors) colors of \(expected.count) items" }
        if lines != Int(snapshot.number) { return "\(lines) lines after transaction \(snapshot.number)" }
        return nil
    }
}
