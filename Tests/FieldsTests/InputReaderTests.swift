import Fields
import JSON
import Runtime
import Testing

@Suite struct InputReaderTests {
    @Test func `a good request fills the record`() throws {
        let (order, issues) = try Order.read(
            #"""
            {"name":"Ada","count":9,"email":"ada@example.com","note":"","country":"PT","url":"https://shop.example/x",
            "locale":"pt-BR","code":"a_b-1.c","colour":"dark_blue","due":"2025-01-15T10:00:00Z","is_gift":true,
            "tags":["a","b"],"lines":[{"name":"n","size":3}],"metadata":{"k":"v"}}
            """#)
        #expect(issues.isEmpty)
        let filled = try #require(order)
        #expect(filled.name == "Ada" && filled.count == 9 && filled.note == "" && filled.colour == .darkBlue)
        #expect(filled.due == Timestamp("2025-01-15T10:00:00Z") && filled.isGift && filled.tags == ["a", "b"])
        #expect(filled.lines == [Child("n", 3)] && filled.metadata == Metadata([.init(key: "k", value: "v")]))
    }

    @Test func `what is left out gets its default, and null clears what may be absent`() throws {
        let (order, issues) = try Order.read(
            #"{"name":"abc","count":2,"email":"a@b.example","note":null,"due":null}"#)
        #expect(issues.isEmpty)
        #expect(order?.note == nil && order?.tags == [] && order?.isGift == false && order?.metadata == Metadata())
    }

    @Test func `every issue is told at once, each with its path`() throws {
        let (_, issues) = try Order.read(
            #"""
            {"name":7,"count":10,"note":"longer than ten","colour":"pink","tags":["a",3,"c"],
            "lines":[{"name":"ok","size":1},{"name":"","size":101,"more":1}],"metadata":{"k":5},"surplus":true}
            """#)
        #expect(
            issues.map { "\($0.field) \($0.code)" } == [
                "name invalid_type", "count out_of_range", "email required", "note too_long", "colour unknown_value",
                "tags[1] invalid_type", "lines[1].name too_short", "lines[1].size out_of_range",
                "lines[1].more unknown_field", "metadata.k invalid_type", "surplus unknown_field",
            ])
    }

    @Test(
        arguments: [
            (#""note":5"#, "note invalid_type"), (#""note":"a\u0000b""#, "note invalid_format"),
            (#""note":"a\u007fb""#, "note invalid_format"), (#""country":"pt""#, "country invalid_format"),
            (#""country":"PRT""#, "country too_long"), (#""url":"ftp://a.example""#, "url invalid_format"),
            (#""url":"https://""#, "url invalid_format"), (#""url":"https:///path""#, "url invalid_format"),
            (#""url":"https://a@b.example/""#, "url invalid_format"),
            (#""url":"https://a b.example/""#, "url invalid_format"),
            (#""url":"javascript:alert(1)""#, "url invalid_format"),
            (#""url":"https://a.example\\@b.example""#, "url invalid_format"),
            (#""url":"https://a.example/\\x""#, "url invalid_format"),
            (#""url":"https://a.example/\"><b>""#, "url invalid_format"),
            (#""url":"https://:443/path""#, "url invalid_format"),
            (#""locale":"-e""#, "locale invalid_format"), (#""locale":"e_n""#, "locale invalid_format"),
            (#""code":"Upper""#, "code invalid_format"), (#""code":"""#, "code too_short"),
            (#""due":"tomorrow""#, "due invalid_format"), (#""due":5"#, "due invalid_format"),
            (#""is_gift":"true""#, "is_gift invalid_type"), (#""is_gift":null"#, "is_gift invalid_type"),
            (#""tags":"a,b""#, "tags invalid_type"), (#""tags":["a","b","c","d"]"#, "tags too_long"),
            (#""lines":{}"#, "lines invalid_type"), (#""lines":[5]"#, "lines[0] invalid_type"),
            (#""metadata":[]"#, "metadata invalid_type"), (#""metadata":{"":"v"}"#, "metadata too_short"),
        ])
    func `a member that breaks its rule has one issue`(member: String, issue: String) throws {
        #expect(try Order.issues(with: member) == [issue])
    }

    @Test(
        arguments: [
            "1.5", "1e400", "9223372036854775808", "\"5\"", "true", "null", "[]", "-1", "0", "10",
        ])
    func `what is no whole number within its bounds is refused`(count: String) throws {
        let (_, issues) = try Order.read(#"{"name":"abc","count":\#(count),"email":"a@b.example"}"#)
        #expect(issues.map(\.field) == ["count"])
    }

    @Test(
        arguments: [
            "ada@example.com", "a.b+c@x-y.example", "ö@exämple.de", "1@2.3", "o'brien@a.example",
        ])
    func `e-mail addresses that mail servers accept are accepted`(email: String) throws {
        #expect(try Order.read(#"{"name":"abc","count":2,"email":"\#(email)"}"#).issues.isEmpty)
    }

    @Test(
        arguments: [
            "ada", "ada@", "@example.com", "a@b", "a@@b.example", "a b@c.example", "a@b..example", "a@-b.example",
            "a@b-.example", ".a@b.example", "a.@b.example", "a@b.example ", "<a@b.example>", "a,b@c.example",
            "a@b.exa_mple", "a\\nb@c.example",
        ])
    func `other texts are no e-mail addresses`(email: String) throws {
        let issues = try Order.read(#"{"name":"abc","count":2,"email":"\#(email)"}"#).issues
        #expect(issues.map(\.field) == ["email"])
    }

    @Test func `lengths count characters, and a character cannot be endless`() throws {
        #expect(try Order.issues(with: #""note":"😀😀😀😀😀😀😀😀😀😀""#) == [])
        #expect(try Order.issues(with: #""note":"12345678901""#) == ["note too_long"])
        let endless = "e" + String(repeating: "\u{301}", count: 5000)
        #expect(try Order.issues(with: #""note":"\#(endless)""#) == ["note too_long"])
        #expect(try Order.issues(with: #""metadata":{"k":"\#(endless)"}"#) == ["metadata.k too_long"])
        #expect(try Order.issues(with: #""metadata":{"\#(endless)":"v"}"#) == ["metadata too_long"])
    }

    @Test func `metadata has limits, and no control characters`() throws {
        let many = (0...50).map { #""k\#($0)":"v""# }.joined(separator: ",")
        #expect(try Order.issues(with: #""metadata":{\#(many)}"#) == ["metadata too_long"])
        let long = String(repeating: "x", count: 501)
        #expect(try Order.issues(with: #""metadata":{"k":"\#(long)"}"#) == ["metadata.k too_long"])
        let name = String(repeating: "x", count: 41)
        #expect(try Order.issues(with: #""metadata":{"\#(name)":"v"}"#) == ["metadata too_long"])
        #expect(try Order.issues(with: #""metadata":{"k":"a\u0000b"}"#) == ["metadata.k invalid_format"])
        #expect(try Order.issues(with: #""metadata":{"a\u0007b":"v"}"#) == ["metadata invalid_format"])
        #expect(try Order.issues(with: #""metadata":{"k":"two\nlines\tand a tab"}"#) == [])
    }

    @Test func `a hundred issues are enough`() throws {
        let many = (0..<400).map { #""x\#($0)":1"# }.joined(separator: ",")
        #expect(try Order.read("{\(many)}").issues.count == 100)
    }

    @Test func `what is no object is told so`() throws {
        let (order, issues) = try Order.read("[]")
        #expect(order == nil && issues.map(\.code) == ["invalid_type"] && issues.first?.field == "")
    }

    @Test func `a query gives numbers, flags and lists as text`() throws {
        let (order, issues) = try Order.read(
            #"{"name":"abc","count":"3","email":"a@b.example","is_gift":"true","tags":"a,b"}"#, acceptsText: true)
        #expect(issues.isEmpty)
        #expect(order?.count == 3 && order?.isGift == true && order?.tags == ["a", "b"])
        let refused = try Order.read(
            #"{"name":"abc","count":"three","email":"a@b.example","is_gift":"yes"}"#, acceptsText: true)
        #expect(refused.issues.map(\.field) == ["count", "is_gift"])
    }
}
