import Fields
package import Runtime

/// One change of the store: it sees the newest state with its own writes over it, and takes effect as a whole or not
/// at all. Bodies run one after another and have no side effects.
package final class Transaction: Snapshot {
    /// The store's time of this transaction: never before that of an earlier one.
    package let storeTime: Timestamp
    /// The time in which the body thinks: the store's, until it keeps another's.
    package private(set) var now: Timestamp

    private let writes: Memtable
    private let byteLimit: Int
    private let randomness: TransactionRandomness
    private var randomCounter: UInt64 = 0
    private var writeCounter: UInt64 = 0
    private var oldEntries = IndexEntries()
    private var newEntries = IndexEntries()
    private(set) var topics: [StoreTopic] = []
    private(set) var digest: [UInt8]?

    init(
        number: UInt64, version: Version, cache: BlockCache, overlay: Memtable, now: Timestamp,
        options: StoreOptions, randomness: TransactionRandomness, floors: ScanFloors? = nil
    ) {
        storeTime = now
        self.now = now
        writes = overlay
        byteLimit = options.transactionByteLimit
        self.randomness = randomness
        super.init(
            number: number, version: version, cache: cache, overlay: overlay, rowLimit: options.transactionRowLimit,
            floors: floors)
    }

    /// Whether there is something to write or announce.
    var hasEffects: Bool { writes.entryCount > 0 || digest != nil || !topics.isEmpty }

    // MARK: Writing

    /// Inserts or replaces the record with the same primary key, and keeps the indexes in step.
    ///
    /// When another record has one of its unique keys, the transaction fails with `uniqueConflict`.
    package func put<Record: Entity>(_ record: Record) {
        let primaryKey = record.primaryKey.bytes
        let key = RawKey(table: Record.tableNumber, index: 0, primaryKey)
        let bytes = RecordCodec.encode(record)
        oldEntries.removeAll()
        newEntries.removeAll()
        if let entry = find(key) {
            if entry.hasValue(bytes) { return }
            guard let old = decode(Record.self, entry) else { return }
            old.indexEntries(into: &oldEntries)
        }
        guard failure == nil else { return }
        record.indexEntries(into: &newEntries)
        write(key, bytes)
        for (position, entry) in oldEntries.entries.enumerated() where !newEntries.contains(position, of: oldEntries) {
            remove(entry, of: oldEntries, table: Record.tableNumber, primaryKey)
        }
        for (position, entry) in newEntries.entries.enumerated() where !oldEntries.contains(position, of: newEntries) {
            add(entry, of: newEntries, Record.self, primaryKey)
        }
    }

    /// Writes every index entry of a record as it is stored: those of an index that is newer than the record too.
    package func reindex<Record: Entity>(_ record: Record) {
        newEntries.removeAll()
        record.indexEntries(into: &newEntries)
        for entry in newEntries.entries { add(entry, of: newEntries, Record.self, record.primaryKey.bytes) }
    }

    /// Removes the record with the same primary key, if there is one, and its index entries.
    package func delete<Record: Entity>(_ record: Record) {
        delete(Record.self, record.primaryKey)
    }

    package func delete<Record: Entity>(_: Record.Type, _ primaryKey: Key) {
        let key = RawKey(table: Record.tableNumber, index: 0, primaryKey.bytes)
        guard let entry = find(key), let old = decode(Record.self, entry) else { return }
        oldEntries.removeAll()
        old.indexEntries(into: &oldEntries)
        write(key, nil)
        for entry in oldEntries.entries {
            remove(entry, of: oldEntries, table: Record.tableNumber, primaryKey.bytes)
        }
    }

    private func add<Record: Entity>(
        _ entry: IndexEntries.Entry, of entries: IndexEntries, _: Record.Type, _ primaryKey: [UInt8]
    ) {
        let indexKey = Array(entries.bytes[entry.range])
        if entry.isUnique {
            let key = RawKey(table: Record.tableNumber, index: entry.index, indexKey)
            if let other = find(key) {
                guard other.hasValue(primaryKey) else {
                    fail(.uniqueConflict(table: Record.name, index: entry.index))
                    return
                }
            }
            write(key, primaryKey)
        } else {
            // The value says where the primary key begins.
            let count = UInt16(clamping: primaryKey.count)
            write(
                RawKey(table: Record.tableNumber, index: entry.index, indexKey, primaryKey),
                [UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)])
        }
    }

    private func remove(_ entry: IndexEntries.Entry, of entries: IndexEntries, table: UInt8, _ primaryKey: [UInt8]) {
        let indexKey = Array(entries.bytes[entry.range])
        write(RawKey(table: table, index: entry.index, indexKey, entry.isUnique ? [] : primaryKey), nil)
    }

    private func write(_ key: RawKey, _ value: [UInt8]?) {
        guard key.count <= Key.maxByteCount, writes.byteCount + key.count + (value?.count ?? 0) <= byteLimit else {
            fail(.tooLarge)
            return
        }
        // Later writes of one key have larger numbers, so they come first.
        writeCounter += 1
        key.withWords { words in
            guard let value else {
                unsafe writes.insert(words, number: writeCounter, value: nil)
                return
            }
            unsafe value.withUnsafeBytes { bytes in
                unsafe writes.insert(words, number: writeCounter, value: bytes)
            }
        }
    }

    // MARK: Beside the data

    /// Makes `now` another time from here on; the order of transactions stays that of the store's.
    package func keep(_ time: Timestamp) {
        now = time
    }

    /// `count` (0 to 1,024) random bytes. In a seeded run they follow from seed, purpose, transaction and call.
    package func random(_ count: Int, purpose: StaticString) -> [UInt8] {
        precondition((0...1024).contains(count), "asked for \(count) random bytes")
        randomCounter += 1
        return randomness.bytes(count, purpose: purpose, number: number + 1, counter: randomCounter)
    }

    /// Wakes the subscribers of `topic` once this transaction is durable.
    package func notify(_ topic: StoreTopic) {
        if !topics.contains(topic) { topics.append(topic) }
    }

    /// Puts `digest` (32 bytes) into the log beside this transaction; see `Store.recoveredDigest`.
    package func setDigest(_ digest: [UInt8]) {
        precondition(digest.count == 32, "a digest has 32 bytes")
        self.digest = digest
    }
}
