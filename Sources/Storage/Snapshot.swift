import Fields

/// One state of the store, unchanging: all transactions up to `number`.
///
/// Reads do not throw. A failure of the store itself, such as a record that cannot be decoded, ends the read with an
/// empty answer and is thrown by the `read` or `transact` call that runs the body.
package class Snapshot {
    /// The last transaction whose effects are seen.
    package let number: UInt64

    let version: Version
    private let cache: BlockCache
    /// A transaction's own writes; nil in a plain snapshot.
    let overlay: Memtable?
    /// The first failure; later reads answer nothing.
    package private(set) var failure: StoreError?
    private var rowsLeft: Int
    /// Nil where scans begin where they are told.
    let floors: ScanFloors?
    /// Nil in a transaction, whose length is limited otherwise, and when nothing is ever freed.
    private let pin: SnapshotPin?
    /// Rows until the snapshot's age is looked at again.
    private var rowsToCheck = Snapshot.checkedRowCount
    private static let checkedRowCount = 64

    init(
        number: UInt64, version: Version, cache: BlockCache, overlay: Memtable? = nil, rowLimit: Int = .max,
        floors: ScanFloors? = nil, pin: SnapshotPin? = nil
    ) {
        self.floors = floors
        self.pin = pin
        self.cache = cache
        self.number = number
        self.version = version
        self.overlay = overlay
        rowsLeft = rowLimit
    }

    deinit { pin?.end() }

    /// Whether reads may go on: there was no failure, and the snapshot is not too old.
    private func mayRead() -> Bool {
        guard failure == nil else { return false }
        if let pin, pin.isOver {
            fail(.snapshotTooOld(limitSeconds: pin.limit))
            return false
        }
        return true
    }

    /// Notes `error` unless there is an earlier one.
    final func fail(_ error: StoreError) {
        if failure == nil { failure = error }
    }

    // MARK: Records

    package final func get<Record: Entity>(_: Record.Type, _ key: Key) -> Record? {
        guard let entry = find(RawKey(table: Record.tableNumber, index: 0, key.bytes)) else { return nil }
        guard countRow() else { return nil }
        return decode(Record.self, entry)
    }

    package final func exists<Record: Entity>(_: Record.Type, _ key: Key) -> Bool {
        guard find(RawKey(table: Record.tableNumber, index: 0, key.bytes)) != nil else { return false }
        return countRow()
    }

    /// The record with exactly `key` in a unique index; in another index the first whose entry begins with `key`.
    package final func first<Record: Entity>(_ index: Index<Record>, _ key: Key) -> Record? {
        guard index.isUnique else {
            var result: Record?
            scan(index, prefix: key, limit: 1) { record, _ in
                result = record
                return false
            }
            return result
        }
        guard let entry = find(RawKey(table: Record.tableNumber, index: index.number, key.bytes)) else { return nil }
        return get(Record.self, Key(bytes: entry.value))
    }

    // MARK: Bytes

    /// The stored bytes of a record (index 0) or index entry.
    package final func rawGet(table: UInt8, index: UInt8, _ key: Key) -> [UInt8]? {
        find(RawKey(table: table, index: index, key.bytes))?.value
    }

    /// The newest visible entry, own writes first; nil for none or a deletion.
    final func find(_ key: RawKey) -> Entry? {
        guard mayRead() else { return nil }
        guard key.count <= Key.maxByteCount else {
            fail(.tooLarge)
            return nil
        }
        return key.withWords { words -> Entry? in
            if let overlay, let own = overlay.find(words, number: .max) {
                return own.isDeletion ? nil : Entry(node: own, block: nil)
            }
            let hash = words.hash
            for table in version.memtables {
                if let node = table.find(words, hash: hash, number: number) {
                    return node.isDeletion ? nil : Entry(node: node, block: nil)
                }
            }
            do throws(StoreError) {
                let entry = try version.findInSegments(words, hash: hash, cache)
                return entry?.isDeletion == true ? nil : entry
            } catch {
                fail(error)
                return nil
            }
        }
    }

    final func decode<Record: Entity>(_: Record.Type, _ entry: Entry) -> Record? {
        do {
            return try RecordCodec.decode(Record.self, entry.value)
        } catch {
            fail(.undecodable(table: Record.name, key: entry.key(from: 2)))
            return nil
        }
    }

    /// A walk over everything this snapshot sees of a range; nil when it cannot begin.
    final func cursor(lower: RawKey, upper: RawKey, order: ScanOrder) -> MergeCursor? {
        guard mayRead() else { return nil }
        do {
            return try MergeCursor(
                overlay: overlay, version: version, cache: cache, number: number, lower: lower, upper: upper,
                order: order)
        } catch {
            fail(error)
            return nil
        }
    }

    /// Where a walk from `lower` on may begin. Own writes in front of a floor stay to be seen.
    final func beginning(of lower: RawKey) -> RawKey {
        guard let floors, let floor = floors.floor(of: lower, number: number) else { return lower }
        guard let own = overlay?.seek(lower, upTo: floor) else { return floor }
        return own
    }

    /// Whether one more row may be read.
    final func countRow() -> Bool {
        guard rowsLeft > 0 else {
            fail(.tooLarge)
            return false
        }
        rowsLeft -= 1
        rowsToCheck -= 1
        guard rowsToCheck == 0 else { return failure == nil }
        rowsToCheck = Snapshot.checkedRowCount
        return mayRead()
    }
}
