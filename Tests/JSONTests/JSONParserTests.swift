import JSON
import Testing

@Suite struct JSONParserTests {
    private func parse(_ text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        try JSON.parse(Array(text.utf8), limits: limits)
    }

    private func error(of bytes: [UInt8], limits: JSONLimits = JSONLimits()) -> JSONError? {
        do throws(JSONError) {
            _ = try JSON.parse(bytes, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: AcceptedTexts.compact)
    func `a compact text comes back as it was`(text: String) throws {
        let value = try parse(text)
        #expect(value.encoded() == Array(text.utf8))
        #expect(try parse(value.pretty()) == value)
    }

    @Test(arguments: AcceptedTexts.others)
    func `a loose text comes back compact`(text: String, compact: String) throws {
        let value = try parse(text)
        #expect(value.encoded() == Array(compact.utf8))
        #expect(try JSON.parse(value.encoded()) == value)
    }

    @Test(arguments: RefusedTexts.texts)
    func `a text that is not JSON is refused`(text: String) {
        #expect(error(of: Array(text.utf8)) != nil)
    }

    @Test(arguments: RefusedTexts.invalidUTF8)
    func `bytes that are not UTF-8 are refused where they begin`(bytes: [UInt8], offset: Int) {
        let quote = [UInt8(ascii: "\"")]
        #expect(error(of: quote + bytes + quote) == .invalidUTF8(offset: 1 + offset))
        #expect(error(of: Array("[1,{\"".utf8) + bytes + Array("\":2}]".utf8)) == .invalidUTF8(offset: 5 + offset))
        #expect(error(of: bytes) != nil)
    }

    @Test func `texts in other encodings are refused`() {
        let text = "{\"é\":true}"
        #expect(error(of: text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }) != nil)
        #expect(error(of: text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }) != nil)
        #expect(error(of: [0xff, 0xfe] + text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }) != nil)
        #expect(error(of: text.unicodeScalars.map { UInt8($0.value) }) == .invalidUTF8(offset: 2))
        #expect(error(of: [0xef, 0xbb, 0xbf, 0x31]) == .syntax(offset: 0, expected: "a value"))
    }

    @Test(
        arguments: [
            ("", .syntax(offset: 0, expected: "a value")),
            ("{\"a\":tru}", .syntax(offset: 5, expected: "a value")),
            ("[1,]", .syntax(offset: 3, expected: "a value")),
            ("[1 2]", .syntax(offset: 3, expected: "a comma or ]")),
            ("[01]", .syntax(offset: 2, expected: "a comma or ]")),
            ("1 x", .syntax(offset: 2, expected: "the end of the text")),
            ("{\"a\" 1}", .syntax(offset: 5, expected: "a colon")),
            ("{\"a\":1,}", .syntax(offset: 7, expected: "a name in quotes")),
            ("{\"a\":1 \"b\":2}", .syntax(offset: 7, expected: "a comma or }")),
            ("-", .syntax(offset: 1, expected: "a digit")),
            ("[1.]", .syntax(offset: 3, expected: "a digit")),
            ("1e+", .syntax(offset: 3, expected: "a digit")),
            ("\"ab", .syntax(offset: 3, expected: "the end of a string")),
            ("\"a\n\"", .syntax(offset: 2, expected: "an escape instead of a control character")),
            ("\"\\x\"", .syntax(offset: 2, expected: "one of \" \\ / b f n r t u after the backslash")),
            ("\"\\u00g0\"", .syntax(offset: 5, expected: "four hexadecimal digits")),
            ("\"a\\uD800b\"", .loneSurrogate(offset: 2)),
            ("{\"a\":1, \"\\u0061\":2}", .duplicateName("a", offset: 8)),
        ] as [(String, JSONError)])
    func `an error says what was expected and where`(text: String, expected: JSONError) {
        #expect(error(of: Array(text.utf8)) == expected)
    }

    @Test(
        arguments: [
            (.syntax(offset: 3, expected: "a value"), "expected a value at byte 3"),
            (.invalidUTF8(offset: 1), "the text is not valid UTF-8 at byte 1"),
            (.loneSurrogate(offset: 2), "half a surrogate pair is escaped at byte 2"),
            (.duplicateName("a", offset: 8), "the name \"a\" is repeated at byte 8"),
            (.tooDeep(offset: 32, limit: 32), "more than 32 levels of nesting at byte 32"),
            (.tooLarge(limit: 10), "the text is longer than 10 bytes"),
            (.tooManyValues(offset: 7, limit: 3), "more than 3 values at byte 7"),
        ] as [(JSONError, String)])
    func `an error describes itself in plain words`(error: JSONError, text: String) {
        #expect(error.description == text)
    }

    @Test func `nesting stops at the limit`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try parse(nested(32)).encoded() == Array(nested(32).utf8))
        #expect(error(of: Array(nested(33).utf8)) == .tooDeep(offset: 32, limit: 32))
        #expect(error(of: [UInt8](repeating: UInt8(ascii: "["), count: 100_000)) == .tooDeep(offset: 32, limit: 32))
        let objects = Array(String(repeating: "{\"a\":", count: 100_000).utf8)
        #expect(error(of: objects) == .tooDeep(offset: 160, limit: 32))
        #expect(error(of: Array("[]".utf8), limits: JSONLimits(depth: 0)) == .tooDeep(offset: 0, limit: 0))
        #expect(try parse("1", limits: JSONLimits(depth: 0)) == .number(JSONNumber(1)))
        #expect(error(of: Array(nested(512).utf8), limits: JSONLimits(depth: 512)) == nil)
        #expect(error(of: Array(nested(513).utf8), limits: JSONLimits(depth: 512)) == .tooDeep(offset: 512, limit: 512))
        // Siblings do not add up.
        #expect(error(of: Array("[[],[],[]]".utf8), limits: JSONLimits(depth: 2)) == nil)
    }

    @Test func `bytes and values are counted`() {
        #expect(error(of: Array("[1,2]".utf8), limits: JSONLimits(byteCount: 5)) == nil)
        #expect(error(of: Array("[1,2] ".utf8), limits: JSONLimits(byteCount: 5)) == .tooLarge(limit: 5))
        #expect(error(of: Array("[1,2]".utf8), limits: JSONLimits(memberCount: 3)) == nil)
        #expect(
            error(of: Array("[1,{\"a\":2}]".utf8), limits: JSONLimits(memberCount: 3))
                == .tooManyValues(offset: 8, limit: 3))
        #expect(error(of: [UInt8](repeating: 0x20, count: 1 << 20 + 1)) == .tooLarge(limit: 1 << 20))
    }

    @Test(arguments: [2, 15, 16, 17, 18, 40, 200])
    func `a repeated name is found among many`(count: Int) {
        let members = (0..<count).map { "\"name number \($0)\":\($0)" }
        #expect(error(of: Array("{\(members.joined(separator: ","))}".utf8)) == nil)
        for index in [0, count / 2, count - 1] {
            let text = "{" + members.joined(separator: ",") + ","
            #expect(
                error(of: Array((text + "\"name number \(index)\":0}").utf8))
                    == .duplicateName("name number \(index)", offset: text.utf8.count))
        }
    }

    @Test func `a member is found by its name`() throws {
        guard case .object(let object) = try parse(#"{"a":1,"b":{"a":2},"":3}"#) else {
            Issue.record("not an object")
            return
        }
        #expect(object["a"] == .number(JSONNumber(1)))
        #expect(object[""] == .number(JSONNumber(3)))
        #expect(object["c"] == nil)
        #expect(object.members.map(\.name) == ["a", "b", ""])
        #expect(JSONObject([("a", .null), ("b", .null)]) != JSONObject([("b", .null), ("a", .null)]))
    }

    @Test func `every byte is refused as the first of a text unless a value begins with it`() {
        for byte in UInt8.min...UInt8.max {
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            #expect((error(of: [byte]) == nil) == isDigit)
        }
    }

    @Test func `every byte is refused after a backslash but nine`() {
        for byte in UInt8.min...UInt8.max {
            let isEscape = "\"\\/bfnrt".utf8.contains(byte)
            #expect((error(of: [0x22, 0x5c, byte, 0x22]) == nil) == isEscape)
        }
    }

    @Test func `every scalar comes back, written and escaped`() throws {
        // A step that meets each plane and each length of UTF-8, and the edges one by one.
        var scalars = stride(from: UInt32(0), through: 0x10ffff, by: 251).compactMap(Unicode.Scalar.init)
        scalars += (0..<0x180).compactMap { Unicode.Scalar($0 as UInt32) }
        scalars += [0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff].compactMap { Unicode.Scalar($0 as UInt32) }
        for scalar in scalars {
            let text = "a" + String(Character(scalar)) + "b"
            #expect(try JSON.parse(JSONValue.string(text).encoded()) == .string(text))
            let escaped = text.utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            }
            let decoded = try parse("\"" + escaped.joined() + "\"")
            guard case .string(let other) = decoded else {
                Issue.record("not a string")
                return
            }
            #expect(other.unicodeScalars.elementsEqual(text.unicodeScalars))
        }
    }

    @Test func `a depth the stack may not hold is a mistake of the caller`() async {
        await #expect(processExitsWith: .failure) { _ = JSONLimits(depth: 513) }
    }
}
