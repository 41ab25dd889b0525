import HTTP

/// The parameters of a call.
struct StripePeerForm: Sendable {
    private let items: QueryItems

    init(_ items: QueryItems) {
        self.items = items
    }

    /// The value of that name; an empty one counts as none.
    subscript(name: String) -> String? {
        items[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    func integer(_ name: String) -> Int64? { self[name].flatMap { Int64($0) } }

    /// The pairs `name[…]`.
    func pairs(_ name: String) -> StripePeerObjects.Metadata {
        items.compactMap { item in
            guard item.name.hasPrefix(name + "["), item.name.hasSuffix("]") else { return nil }
            let inner = String(item.name.dropFirst(name.count + 1).dropLast())
            return inner.contains("[") || item.value.isEmpty ? nil : (inner, item.value)
        }
    }

    /// The first pair that Stripe would refuse; nil when all are well.
    func brokenMetadata(_ name: String) -> String? {
        let pairs = pairs(name)
        if pairs.count > 50 { return name }
        return pairs.first { $0.name.count > 40 || $0.value.count > 500 }?.name
    }

    /// Paths to be shown whole.
    var expansions: StripePeerExpansions {
        StripePeerExpansions(items.filter { $0.name.hasPrefix("expand[") }.map(\.value))
    }
}
