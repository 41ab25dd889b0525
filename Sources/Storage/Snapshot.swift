import Fields

/// One state of the store, unchanging: all transactions up to `number`.
///
/// Reads do not throw. A failure of the store itself, such as a record that cannot be decoded, ends the read with an
/// empty answer and is thrown by the `read` or `transact` call that runs the body.
package class Snapshot {
    /// The last transaction whose effects are seen.
    package let number: UInt64

    let version: Version
    /// A transaction's own writes; nil in a plain snapshot.
    let overlay: Memtable?
    /// The first failure; later reads answer nothing.
    private(set) var failure: StoreError?
    private var rowsLeft: Int

    init(number: UInt64, version: Version, overlay: Memtable? = nil, rowLimit: Int = .max) {
        self.number = number
        self.version = version
        self.overlay = overlay
        rowsLeft = rowLimit
    }

    /// Notes `error` unless there is an earlier one.
    final func fail(_ error: StoreError) {
        if failure == nil { failure = error }
    }

    // MARK: Records

    package final func get<Record: Entity>(_: Record.Type, _ key: Key) -> Record? {
        guard let node = find(RawKey(table: Record.tableNumber, index: 0, key.bytes)) else { return nil }
        guard countRow() else { return nil }
        return decode(Record.self, node)
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
        return get(Record.self, Key(bytes: entry.value()))
    }

    // MARK: Bytes

    /// The stored bytes of a record (index 0) or index entry.
    package final func rawGet(table: UInt8, index: UInt8, _ key: Key) -> [UInt8]? {
        find(RawKey(table: table, index: index, key.bytes))?.value()
    }

    /// The newest visible entry, own writes first; nil for none or a deletion.
    final func find(_ key: RawKey) -> Node? {
        guard failure == nil else { return nil }
        guard key.count <= Key.maxByteCount else {
            fail(.tooLarge)
            return nil
        }
        return key.withWords { words in
            if let overlay, let own = overlay.find(words, number: .max) { return own.isDeletion ? nil : own }
            let hash = words.hash
            for source in version.sources {
                if let node = source.find(words, hash: hash, number: number) { return node.isDeletion ? nil : node }
            }
            return nil
        }
    }

    final func decode<Record: Entity>(_: Record.Type, _ node: Node) -> Record? {
        do {
            return try RecordCodec.decode(Record.self, node.value())
        } catch {
            fail(.undecodable(table: Record.name, key: node.key(from: 2)))
            return nil
        }
    }

    /// Whether one more row may be read.
    final func countRow() -> Bool {
        guard rowsLeft > 0 else {
            fail(.tooLarge)
            return false
        }
        rowsLeft -= 1
        return failure == nil
    }
}
