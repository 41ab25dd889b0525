/// The members of a JSON object in the order of the text.
@usableFromInline
package struct JSONObject: Sendable {
    /// Name and value of each member. Names are unique; whoever builds an object by hand keeps them so.
    package var members: [(name: String, value: JSONValue)]

    package init(_ members: [(name: String, value: JSONValue)] = []) {
        self.members = members
    }

    /// The value of the member called `name`, or nil.
    ///
    /// - Complexity: O(*n*) in the members.
    package subscript(name: String) -> JSONValue? {
        for member in members where member.name == name { return member.value }
        return nil
    }
}

extension JSONObject: Equatable {
    /// Equal objects have equal members in the same order.
    @usableFromInline package static func == (one: JSONObject, other: JSONObject) -> Bool {
        one.members.elementsEqual(other.members, by: ==)
    }
}
