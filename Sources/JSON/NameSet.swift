/// Finds a repeated name in an object being read: by comparing while it is small, by hashing when it grows.
///
/// Names compare as `String` does, by canonical equivalence, so that no lookup in the object can be ambiguous.
struct NameSet {
    /// All names so far, once there are more than `directCount`.
    private var hashed: Set<String> = []
    private static let directCount = 16

    /// Notes `name`, about to join `members`; false when one of them has it already.
    mutating func insert(_ name: String, besides members: [(name: String, value: JSONValue)]) -> Bool {
        if members.count < Self.directCount {
            for member in members where member.name == name { return false }
            return true
        }
        if members.count == Self.directCount {
            for member in members { hashed.insert(member.name) }
        }
        return hashed.insert(name).inserted
    }
}
