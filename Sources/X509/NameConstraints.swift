/// The names below an authority may only be these, and none of those (RFC 5280 section 4.2.1.10).
public struct NameConstraints: Sendable, Hashable {
    public let permitted: [GeneralName]
    public let excluded: [GeneralName]

    public init(permitted: [GeneralName], excluded: [GeneralName]) {
        self.permitted = permitted
        self.excluded = excluded
    }

    init(_ bytes: [UInt8]) throws(CertificateError) {
        let place = "name constraints"
        var reader = DERReader(try DERElement.whole(bytes, DERTag.sequence, place))
        let permitted = try reader.nextIf(DERTag.constructed(0), place)
        let excluded = try reader.nextIf(DERTag.constructed(1), place)
        try reader.finish(place)
        guard permitted != nil || excluded != nil else { throw .malformed(place) }
        self.permitted = try permitted.map(NameConstraints.subtrees) ?? []
        self.excluded = try excluded.map(NameConstraints.subtrees) ?? []
    }

    /// GeneralSubtrees, not empty. Minimum must be its default and maximum absent, as the section demands.
    private static func subtrees(_ element: DERElement) throws(CertificateError) -> [GeneralName] {
        let place = "name constraints"
        var reader = DERReader(element)
        var names: [GeneralName] = []
        repeat {
            var subtree = try reader.sequence(place)
            let name = try GeneralName(subtree.next(place))
            try subtree.finish(place)
            if case .ip(let bytes) = name, !isNetwork(bytes) { throw .malformed(place) }
            names.append(name)
        } while !reader.isAtEnd
        return names
    }

    /// Whether the second half is a mask of ones and then zeros for the first.
    private static func isNetwork(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 8 || bytes.count == 32 else { return false }
        var hasEnded = false
        for byte in bytes[(bytes.count / 2)...] {
            let ones = (~byte).leadingZeroBitCount
            guard byte.trailingZeroBitCount == 8 - ones, !hasEnded || ones == 0 else { return false }
            if ones < 8 { hasEnded = true }
        }
        return true
    }

    /// Whether `name` may stand below the authority; excluded names come first.
    ///
    /// A name of a form that is constrained but cannot be compared is not allowed.
    ///
    /// - Parameter budget: Lowered by the comparisons that were made.
    package func allows(_ name: GeneralName, budget: inout Int) -> Bool {
        budget -= permitted.count + excluded.count
        guard budget >= 0 else { return false }
        if excluded.contains(where: { NameConstraints.isWithin(name, $0, isExclusion: true) != false }) { return false }
        var isConstrained = false
        for constraint in permitted {
            switch NameConstraints.isWithin(name, constraint, isExclusion: false) {
            case true?: return true
            case false?:
                if NameConstraints.areSameForm(name, constraint) { isConstrained = true }
            case nil: return false
            }
        }
        return !isConstrained
    }

    private static func areSameForm(_ name: GeneralName, _ constraint: GeneralName) -> Bool {
        switch (name, constraint) {
        case (.dns, .dns), (.ip, .ip), (.email, .email), (.directory, .directory): true
        default: false
        }
    }

    /// Whether `name` lies in the subtree; nil when both are of one form that cannot be compared.
    private static func isWithin(_ name: GeneralName, _ constraint: GeneralName, isExclusion: Bool) -> Bool? {
        switch (name, constraint) {
        case (.dns(let name), .dns(let tree)):
            guard let name = ServerName.lowercased(Array(name.utf8)), let tree = ServerName.lowercased(Array(tree.utf8))
            else { return nil }
            return isHost(name, within: tree, isExclusion: isExclusion)
        case (.ip(let address), .ip(let network)):
            guard network.count == 2 * address.count else { return false }
            return address.indices.allSatisfy {
                (address[$0] ^ network[$0]) & network[address.count + $0] == 0
            }
        case (.email(let address), .email(let tree)): return isMailbox(Array(address.utf8), within: Array(tree.utf8))
        case (.directory(let name), .directory(let tree)): return name.isWithin(tree)
        case (.uri, .uri): return nil
        case (.other(let first), .other(let second)): return first == second ? nil : false
        default: return false
        }
    }

    /// Hosts lie within a domain when it is their end at a label's boundary; a domain that begins with a dot does not
    /// hold the domain itself. A wildcard is excluded as soon as one host that it stands for is.
    private static func isHost(_ name: [UInt8], within tree: [UInt8], isExclusion: Bool) -> Bool? {
        guard !tree.isEmpty else { return true }
        let dot = UInt8(ascii: ".")
        let domain = tree[0] == dot ? tree[1...] : tree[...]
        var host = name[...]
        if host.last == dot { host = host.dropLast() }
        guard host.starts(with: [UInt8(ascii: "*"), dot]) else {
            guard ServerName.isHostName(host) else { return nil }
            return host == domain ? tree[0] != dot : isBelow(host, domain)
        }
        let rest = host.dropFirst(2)
        if rest == domain || isBelow(rest, domain) { return true }
        // "*.example.com" stands for "host.example.com" too, and by that for what lies within it.
        return isExclusion && tree[0] != dot && isBelow(domain, rest)
            && domain.dropLast(rest.count + 1).firstIndex(of: dot) == nil
    }

    private static func isBelow(_ name: ArraySlice<UInt8>, _ domain: ArraySlice<UInt8>) -> Bool {
        guard name.count > domain.count + 1 else { return false }
        let end = name.suffix(domain.count + 1)
        return end.first == UInt8(ascii: ".") && end.dropFirst() == domain
    }

    /// A mailbox lies within itself, its host, or a domain with a dot before it that holds its host.
    private static func isMailbox(_ address: [UInt8], within tree: [UInt8]) -> Bool? {
        guard let at = address.lastIndex(of: UInt8(ascii: "@")), at > 0,
            let host = ServerName.lowercased(Array(address[(at + 1)...])), !host.isEmpty
        else { return nil }
        if let treeAt = tree.lastIndex(of: UInt8(ascii: "@")) {
            // Before the sign case counts, behind it not.
            guard let treeHost = ServerName.lowercased(Array(tree[(treeAt + 1)...])) else { return nil }
            return address[..<at] == tree[..<treeAt] && host == treeHost
        }
        guard let domain = ServerName.lowercased(tree) else { return nil }
        guard let first = domain.first else { return true }
        return first == UInt8(ascii: ".") ? isBelow(host[...], domain[1...]) : host == domain
    }

    /// The extension's value.
    var der: [UInt8] {
        var writer = DERWriter()
        writer.sequence { sequence in
            for (number, names) in [(UInt8(0), permitted), (1, excluded)] where !names.isEmpty {
                sequence.constructed(DERTag.constructed(number)) { subtrees in
                    for name in names { subtrees.sequence { name.write(to: &$0) } }
                }
            }
        }
        return writer.bytes
    }
}
