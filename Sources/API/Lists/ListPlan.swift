import Billing
import Bytes
import Runtime
import Storage

/// How one list is walked: one index that holds the objects in order of creation behind a prefix, bounds, a filter
/// for what the index does not tell, and what is shown of each row.
struct ListPlan<Row: Entity, Item: Resource>: Sendable {
    /// Nil walks the table itself by primary key.
    let index: Index<Row>?
    let prefix: Key
    var from: Key?
    var upTo: Key?
    var filter: (@Sendable (Row) -> Bool)?
    let show: @Sendable (Row, Snapshot) -> Item

    init(
        _ index: Index<Row>?, prefix: Key, from: Key? = nil, upTo: Key? = nil,
        filter: (@Sendable (Row) -> Bool)? = nil, show: @escaping @Sendable (Row, Snapshot) -> Item
    ) {
        self.index = index
        self.prefix = prefix
        self.from = from
        self.upTo = upTo
        self.filter = filter
        self.show = show
    }

    /// Rows one page may look at before it answers with a cursor to go on.
    private static var scanLimit: Int { 10_000 }
    private static var totalLimit: Int { 10_000 }

    /// Bounds the walk by time of creation; identifiers begin with it.
    mutating func bound(createdFrom: Timestamp?, createdTo: Timestamp?) {
        if let createdFrom { from = prefix.adding(Self.firstIdentifier(at: createdFrom)) }
        if let createdTo {
            // Times are shown in whole seconds, so the last second counts as a whole.
            upTo = prefix.adding(Self.firstIdentifier(at: Timestamp(seconds: createdTo.seconds + 1)))
        }
    }

    /// The first 64 bits of the smallest identifier made at `time`.
    private static func firstIdentifier(at time: Timestamp) -> UInt64 {
        UInt64(min(max(0, time.milliseconds), 0xffff_ffff_ffff)) << 16
    }

    /// - Throws: `invalid_parameter` for a cursor of another list.
    func page<Filter>(_ query: ListQuery<Filter>, in snapshot: Snapshot) throws(Refusal) -> Page<Item> {
        let walk = index?.number ?? 0
        var after: Key?
        if let text = query.cursor {
            after = try Cursor.decode(text, walk: walk, order: query.order, prefix: prefix)
        }
        var page = Page<Item>()
        page.pagination.limit = Int64(query.pageSize)
        page.items.reserveCapacity(query.pageSize)
        var lastShown: Key?
        var lastSeen: Key?
        var seen = 0
        var hasMore = false
        scan(snapshot, after: after, order: query.order) { row, entry in
            if seen >= Self.scanLimit {
                hasMore = true
                lastShown = lastSeen
                return false
            }
            seen += 1
            if filter?(row) ?? true {
                if page.items.count == query.pageSize {
                    hasMore = true
                    return false
                }
                page.items.append(show(row, snapshot))
                lastShown = entry
            }
            lastSeen = entry
            return true
        }
        if hasMore, let lastShown {
            page.pagination.nextCursor = Cursor.encode(lastShown, walk: walk, order: query.order)
        }
        if query.wantsTotal { count(into: &page.pagination, snapshot) }
        return page
    }

    private func scan(_ snapshot: Snapshot, after: Key?, order: ScanOrder, _ body: (Row, Key) -> Bool) {
        if let index {
            snapshot.scan(index, prefix: prefix, after: after, from: from, upTo: upTo, order: order, body)
        } else {
            snapshot.scan(Row.self, prefix: prefix, after: after, from: from, upTo: upTo, order: order, body)
        }
    }

    private func count(into pagination: inout Pagination, _ snapshot: Snapshot) {
        var total = 0
        var seen = 0
        var isCapped = false
        if let index, filter == nil {
            snapshot.scanKeys(index, prefix: prefix, from: from, upTo: upTo, limit: Self.totalLimit + 1) { _, _ in
                total += 1
                return true
            }
        } else {
            scan(snapshot, after: nil, order: .descending) { row, _ in
                guard seen < Self.scanLimit else {
                    isCapped = true
                    return false
                }
                seen += 1
                if filter?(row) ?? true { total += 1 }
                return true
            }
        }
        pagination.total = Int64(min(total, Self.totalLimit))
        pagination.isTotalCapped = isCapped || total > Self.totalLimit
    }
}
