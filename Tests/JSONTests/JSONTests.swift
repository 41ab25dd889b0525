import JSON
import Testing

@Suite struct JSONTests {
    @Test func `a document is read and written back as it was`() throws {
        let text = #"{"id":"a","amount":99.99,"ok":true,"none":null,"list":[1,-0,1e400,"\"\\é😀"],"o":{}}"#
        let value = try JSON.parse(Array(text.utf8))
        #expect(String(decoding: value.encoded(), as: UTF8.self) == text)
        #expect(try JSON.parse(Array(value.pretty().utf8)) == value)
        #expect(value.pretty().hasPrefix("{\n  \"id\": \"a\",\n"))
    }

    @Test func `a writer puts commas`() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("amount")
        writer.fixed(-3005, digits: 2)
        writer.name("list")
        writer.beginArray()
        writer.integer(.min)
        writer.string("x")
        writer.null()
        writer.bool(false)
        writer.endArray()
        let key = "k\n"
        writer.name(key)
        writer.raw([0x31])
        writer.endObject()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"amount":-30.05,"list":[-9223372036854775808,"x",null,false],"k\n":1}"#)
    }
}
