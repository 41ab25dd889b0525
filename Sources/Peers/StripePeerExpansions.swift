/// Which names are shown as whole objects.
struct StripePeerExpansions: Sendable {
    private let paths: [String]

    static let none = StripePeerExpansions([])

    init(_ paths: [String]) {
        self.paths = paths
    }

    /// What is shown whole below `member`; nil when the member itself is a name only.
    func below(_ member: String) -> StripePeerExpansions? {
        let found = paths.filter { $0 == member || $0.hasPrefix(member + ".") }
        return found.isEmpty
            ? nil : StripePeerExpansions(found.filter { $0 != member }.map { String($0.dropFirst(member.count + 1)) })
    }
}
