/// A place in a run: segments in ascending order that do not overlap.
struct RunCursor {
    private let segments: [Segment]
    private let cache: BlockCache?
    private var segment = 0
    private var partition = 0
    private var position = 0
    private var place = 0
    private var index: Block?
    private var data: Block?

    /// - Parameter cache: nil for walks that would only push other blocks out.
    init(_ segments: [Segment], _ cache: BlockCache?) {
        self.segments = segments
        self.cache = cache
    }

    /// The entry here; nil outside the run.
    var entry: Entry? { data.map { Entry(node: $0.node(place), block: $0) } }

    /// Goes to the first entry whose key is not below `key`.
    mutating func seek(_ key: KeyWords) throws(StoreError) {
        segment = Version.firstSegment(of: segments, endingAtOrAfter: key)
        data = nil
        guard segment < segments.count else { return }
        let top = try segments[segment].top()
        partition = top.lowerBound(key)
        guard partition < top.count else { throw disorder() }
        let index = try segments[segment].block(top.node(partition), cache)
        position = index.lowerBound(key)
        guard position < index.count else { throw disorder() }
        let block = try segments[segment].block(index.node(position), cache)
        place = block.lowerBound(key)
        guard place < block.count else { throw disorder() }
        self.index = index
        data = block
    }

    /// Goes to the last entry whose key is below `key`.
    mutating func seek(before key: KeyWords) throws(StoreError) {
        try seek(key)
        if data != nil { return try goBack() }
        segment = segments.count
        try enterPreviousSegment()
    }

    mutating func seekFirst() throws(StoreError) {
        segment = -1
        try enterNextSegment()
    }

    mutating func goOn() throws(StoreError) {
        guard let data, let index else { return }
        if place + 1 < data.count {
            place += 1
        } else if position + 1 < index.count {
            try enter(position + 1, of: index, atEnd: false)
        } else if partition + 1 < (try segments[segment].top()).count {
            try enterPartition(partition + 1, atEnd: false)
        } else {
            try enterNextSegment()
        }
    }

    mutating func goBack() throws(StoreError) {
        guard data != nil, let index else { return }
        if place > 0 {
            place -= 1
        } else if position > 0 {
            try enter(position - 1, of: index, atEnd: true)
        } else if partition > 0 {
            try enterPartition(partition - 1, atEnd: true)
        } else {
            try enterPreviousSegment()
        }
    }

    private mutating func enterNextSegment() throws(StoreError) {
        segment += 1
        data = nil
        if segment < segments.count { try enterPartition(0, atEnd: false) }
    }

    private mutating func enterPreviousSegment() throws(StoreError) {
        segment -= 1
        data = nil
        if segment >= 0, segment < segments.count {
            try enterPartition(try segments[segment].top().count - 1, atEnd: true)
        }
    }

    private mutating func enterPartition(_ number: Int, atEnd: Bool) throws(StoreError) {
        partition = number
        let index = try segments[segment].block(try segments[segment].top().node(number), cache)
        self.index = index
        try enter(atEnd ? index.count - 1 : 0, of: index, atEnd: atEnd)
    }

    private mutating func enter(_ number: Int, of index: Block, atEnd: Bool) throws(StoreError) {
        position = number
        let block = try segments[segment].block(index.node(number), cache)
        place = atEnd ? block.count - 1 : 0
        data = block
    }

    private func disorder() -> StoreError {
        segments[segment].damage(0, "the segment ends before its largest key")
    }
}
