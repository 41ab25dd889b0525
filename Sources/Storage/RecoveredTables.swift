/// Fills memtables with what the log says.
final class RecoveredTables {
    private let options: StoreOptions
    private var tables: [Memtable]
    private var lastNumber: UInt64 = 0

    init(_ options: StoreOptions) {
        self.options = options
        tables = [StoreCore.makeMemtable(options)]
    }

    func insert(_ key: RawKey, number: UInt64, value: [UInt8]?) {
        // A table is frozen between transactions only, as it was when they ran.
        if number != lastNumber, tables[0].byteCount >= options.memtableByteCount {
            tables.insert(StoreCore.makeMemtable(options), at: 0)
        }
        lastNumber = number
        key.withWords { words in
            guard let value else {
                unsafe tables[0].insert(words, number: number, value: nil)
                return
            }
            unsafe value.withUnsafeBytes { bytes in
                unsafe tables[0].insert(words, number: number, value: bytes)
            }
        }
    }

    func version() -> Version {
        Version(sources: tables)
    }
}
