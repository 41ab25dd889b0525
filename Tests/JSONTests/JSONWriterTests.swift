import Bytes
import JSON
import Testing

@Suite struct JSONWriterTests {
    private func text(_ build: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        build(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `commas stand between members and elements and nowhere else`() {
        let key = "k\n"
        let written = text { writer in
            writer.beginObject()
            writer.name("amount")
            writer.fixed(-3005, digits: 2)
            writer.name("list")
            writer.beginArray()
            writer.integer(.min)
            writer.string("x")
            writer.null()
            writer.bool(false)
            writer.beginArray()
            writer.endArray()
            writer.beginObject()
            writer.endObject()
            writer.endArray()
            writer.name(key)
            writer.raw(Array("{\"a\":1}".utf8))
            writer.name("number")
            writer.number(JSONNumber(7))
            writer.name("value")
            writer.value(.array([.bool(true), .object(JSONObject([(key, .null), ("b", .string(key))]))]))
            writer.endObject()
        }
        #expect(
            written == #"{"amount":-30.05,"list":[-9223372036854775808,"x",null,false,[],{}],"#
                + #""k\n":{"a":1},"number":7,"value":[true,{"k\n":null,"b":"k\n"}]}"#)
    }

    @Test(arguments: [
        ("", #""""#), ("a", #""a""#), ("\"", #""\"""#), ("\\", #""\\""#), ("/", #""/""#),
        ("\n\r\t\u{8}\u{c}", #""\n\r\t\b\f""#),
        ("\u{0}\u{1}\u{b}\u{1f}", #""\u0000\u0001\u000b\u001f""#), ("\u{7f}é€😀", "\"\u{7f}é€😀\""),
        ("\u{2028}|\u{2029}", #""\u2028|\u2029""#),
        ("€\u{2027}\u{202a}", "\"€\u{2027}\u{202a}\""), ("<b>&'", #""<b>&'""#),
        ("long text without any escape at all", #""long text without any escape at all""#),
        ("long text with its escape at the very end\n", #""long text with its escape at the very end\n""#),
        ("\r\n", #""\r\n""#),
    ])
    func `what must be escaped is`(plain: String, encoded: String) {
        #expect(text { $0.string(plain) } == encoded)
        #expect(text { $0.name(plain) } == encoded + ":")
        #expect(JSONValue.string(plain).encoded() == Array(encoded.utf8))
    }

    @Test func `a literal and a text of the same characters are written alike`() {
        let dynamic = "created_at"
        #expect(text { $0.name("created_at") } == text { $0.name(dynamic) })
        #expect(text { $0.string("created_at") } == text { $0.string(dynamic) })
        #expect(text { $0.string("\(dynamic)") } == "\"created_at\"")
    }

    @Test(
        arguments: [(3000, 2, "30.00"), (0, 2, "0.00"), (1, 3, "0.001"), (500, 0, "500"), (-1, 2, "-0.01")]
            as [(Int64, Int, String)])
    func `fixed numbers are JSON numbers`(units: Int64, digits: Int, expected: String) {
        #expect(text { $0.fixed(units, digits: digits) } == expected)
        #expect(JSONNumber(expected) != nil)
    }

    @Test func `values one after another make an array`() {
        let written = text { writer in
            writer.beginArray()
            for number in 0..<3 { writer.fixed(Int64(number), digits: 1) }
            writer.endArray()
        }
        #expect(written == "[0.0,0.1,0.2]")
    }

    @Test func `pretty text has a member a line`() throws {
        let value = try JSON.parse(Array(#"{"a":[1,[],{}],"b":{"c":"d"},"e":[{"f":null}]}"#.utf8))
        #expect(
            value.pretty() == """
                {
                  "a": [
                    1,
                    [],
                    {}
                  ],
                  "b": {
                    "c": "d"
                  },
                  "e": [
                    {
                      "f": null
                    }
                  ]
                }
                """)
        #expect(JSONValue.array([]).pretty() == "[]")
        #expect(JSONValue.bool(true).pretty() == "true")
    }
}
