import Fields
import JSON
import Testing

@Suite struct PatchTests {
    private struct Change: Record {
        var name = Patch<String>.keep
        var size = Patch<Int64>.keep

        init() {}

        mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
            try visitor.member("name", &name, .length(2...5), "")
            try visitor.member("size", &size)
        }
    }

    private static func read(_ text: String) throws -> (change: Change?, issues: [String]) {
        var issues = InputIssues()
        let change = Change.read(try JSON.parse(Array(text.utf8)), &issues, .any)
        return (change, issues.issues.map { "\($0.field) \($0.code)" })
    }

    @Test func `a member left out keeps the value`() throws {
        let change = try #require(try Self.read("{}").change)
        #expect(change.name.applied(to: "old") == "old")
        #expect(change.name.applied(to: "old", none: "none") == "old")
        #expect(change.size.applied(to: nil) == nil)
    }

    @Test func `null clears it`() throws {
        let change = try #require(try Self.read(#"{"name":null}"#).change)
        #expect(change.name.applied(to: "old") == nil)
        #expect(change.name.applied(to: "old", none: "none") == "none")
        #expect(change.size.applied(to: 4) == 4)
    }

    @Test func `a value sets it, under the field's rule`() throws {
        let change = try #require(try Self.read(#"{"name":"new","size":0}"#).change)
        #expect(change.name.applied(to: "old") == "new")
        #expect(change.size.applied(to: 4) == 0)
        #expect(try Self.read(#"{"name":"x","size":"3"}"#).issues == ["name too_short", "size invalid_type"])
    }
}
