/// The order in which a scan walks the keys.
package enum ScanOrder: Sendable {
    case ascending, descending
}

/// Walks several sources as one: for each key the newest visible entry, deletions left out.
struct MergeCursor {
    private struct Lane {
        let table: Memtable
        /// Entries above this number are not seen.
        let visible: UInt64
        var node: Node?
    }

    private var lanes: [Lane]
    private let lower: RawKey
    private let upper: RawKey
    private let order: ScanOrder

    /// - Parameters:
    ///   - sources: newest first; of two entries with one key the earlier source wins.
    ///   - lower: the first key of the range.
    ///   - upper: the first key behind the range.
    init(overlay: Memtable?, version: Version, number: UInt64, lower: RawKey, upper: RawKey, order: ScanOrder) {
        self.lower = lower
        self.upper = upper
        self.order = order
        lanes = []
        lanes.reserveCapacity(version.sources.count + 1)
        if let overlay { lanes.append(Lane(table: overlay, visible: .max, node: nil)) }
        for source in version.sources { lanes.append(Lane(table: source, visible: number, node: nil)) }
        for index in lanes.indices {
            let table = lanes[index].table
            let visible = lanes[index].visible
            lanes[index].node =
                switch order {
                case .ascending:
                    Self.visible(from: lower.withWords { table.seek($0, number: .max) }, number: visible)
                case .descending:
                    upper.withWords { Self.lastVisible(in: table, before: $0, number: visible) }
                }
        }
    }

    /// The next entry of the range, nil at its end.
    mutating func next() -> Node? {
        while true {
            var best: Node?
            for lane in lanes {
                guard let node = lane.node else { continue }
                guard let current = best else {
                    best = node
                    continue
                }
                let order = node.compare(current.words)
                if self.order == .ascending ? order < 0 : order > 0 { best = node }
            }
            guard let best, isInRange(best) else { return nil }
            for index in lanes.indices {
                guard let node = lanes[index].node, node.compare(best.words) == 0 else { continue }
                advance(index, past: node)
            }
            if !best.isDeletion { return best }
        }
    }

    private func isInRange(_ node: Node) -> Bool {
        switch order {
        case .ascending: upper.withWords { node.compare($0) < 0 }
        case .descending: lower.withWords { node.compare($0) >= 0 }
        }
    }

    private mutating func advance(_ index: Int, past node: Node) {
        let visible = lanes[index].visible
        switch order {
        case .ascending:
            var next = node.next(at: 0)
            while let candidate = next, candidate.number > visible || candidate.compare(node.words) == 0 {
                next = candidate.next(at: 0)
            }
            lanes[index].node = next
        case .descending:
            lanes[index].node = Self.lastVisible(in: lanes[index].table, before: node.words, number: visible)
        }
    }

    /// The first entry from `node` on that is not above `number`.
    private static func visible(from node: Node?, number: UInt64) -> Node? {
        var node = node
        while let candidate = node, candidate.number > number { node = candidate.next(at: 0) }
        return node
    }

    /// The newest visible entry of the last key below `key` that has one.
    private static func lastVisible(in table: Memtable, before key: KeyWords, number: UInt64) -> Node? {
        var oldest = table.last(before: key)
        while let node = oldest {
            if let newest = table.find(node.words, number: number) { return newest }
            oldest = table.last(before: node.words)
        }
        return nil
    }
}
