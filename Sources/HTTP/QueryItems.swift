/// Names and values of a query string or an `application/x-www-form-urlencoded` body, decoded, in order.
package struct QueryItems: Sendable, RandomAccessCollection {
    private var items: [(name: String, value: String)] = []

    /// No items, to append to.
    package init() {}

    /// Reads `bytes`; a pair without `=` has an empty value, empty pairs are skipped.
    ///
    /// Nil for a wrong escape, bytes that are not UTF-8, control bytes, and more than `limit` items.
    package init?(_ bytes: some Collection<UInt8>, limit: Int = 200) {
        for pair in Array(bytes).split(separator: 0x26) {
            guard items.count < limit else { return nil }
            let mark = pair.firstIndex(of: 0x3d) ?? pair.endIndex
            guard pair.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }),
                let name = PercentEncoding.decode(pair[..<mark], plusAsSpace: true),
                let value = PercentEncoding.decode(pair[mark...].dropFirst(), plusAsSpace: true)
            else { return nil }
            items.append((name, value))
        }
    }

    /// Reads the raw query of a target.
    package init?(_ query: String, limit: Int = 200) {
        self.init(Array(query.utf8), limit: limit)
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { items.count }
    package subscript(_ position: Int) -> (name: String, value: String) { items[position] }

    /// The first value of that name, compared exactly.
    package subscript(_ name: String) -> String? {
        items.first { $0.name == name }?.value
    }

    package mutating func append(_ name: String, _ value: String) {
        items.append((name, value))
    }

    /// The items as a query or form body, encoded.
    package var text: String {
        items.map { PercentEncoding.encodeForm($0.name) + "=" + PercentEncoding.encodeForm($0.value) }
            .joined(separator: "&")
    }
}
