package import Storage

/// Fills indexes that are newer than the records of their tables, before anything reads them.
///
/// A stop in between does no harm: the next start fills them from the beginning.
package enum IndexBackfill {
    /// Tables that got an index after they had records.
    private static let tables: [any Entity.Type] = [Event.self, Invoice.self, PaymentMethodSetup.self]

    /// Records of one transaction.
    private static let pageSize = 200

    /// A store without records has nothing to fill, now or later.
    static func begin(in transaction: Transaction) {
        for table in tables { IndexEdition.note(table, in: transaction) }
    }

    /// Brings every index up to what this program declares.
    ///
    /// - Returns: How many records were looked at; zero where nothing was new.
    /// - Throws: `StoreError` from a transaction that failed.
    package static func run(_ store: Store) async throws -> Int {
        var count = 0
        for table in tables { count += try await fill(table, store) }
        return count
    }

    private static func fill<Row: Entity>(_: Row.Type, _ store: Store) async throws -> Int {
        let isNew = try await store.read { snapshot in
            var isEmpty = true
            snapshot.scan(Row.self, prefix: Key(), limit: 1) { _, _ in
                isEmpty = false
                return false
            }
            return !isEmpty && IndexEdition.of(Row.self, in: snapshot) < Row.indexEdition
        }
        guard isNew else { return 0 }
        var count = 0
        var place: Key?
        while true {
            let after = place
            let page = try await store.transact { transaction in
                var rows: [Row] = []
                var last: Key?
                transaction.scan(Row.self, prefix: Key(), after: after, limit: pageSize) { row, key in
                    rows.append(row)
                    last = key
                    return true
                }
                for row in rows { transaction.reindex(row) }
                if rows.count < pageSize { IndexEdition.note(Row.self, in: transaction) }
                return (count: rows.count, last: last)
            }
            count += page.count
            guard page.count == pageSize else { return count }
            place = page.last
        }
    }
}
