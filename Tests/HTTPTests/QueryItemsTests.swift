import HTTP
import Testing

@Suite struct QueryItemsTests {
    @Test func `names and values are decoded in order`() throws {
        let items = try #require(QueryItems("a=1&b=x+y%2B&&c&d=%C3%A9=&a=2"))
        #expect(items.map { "\($0.name)|\($0.value)" } == ["a|1", "b|x y+", "c|", "d|\u{e9}=", "a|2"])
        #expect(items["a"] == "1")
        #expect(items["z"] == nil)
        #expect(QueryItems("")?.isEmpty == true)
    }

    @Test(arguments: ["%", "a=%2", "a=%zz", "%ff=1", "a=\u{1}", "a=\n"])
    func `a wrong escape refuses the whole`(query: String) {
        #expect(QueryItems(query) == nil)
    }

    @Test func `the count is bounded`() {
        #expect(QueryItems(String(repeating: "a&", count: 3), limit: 3) != nil)
        #expect(QueryItems(String(repeating: "a&", count: 4), limit: 3) == nil)
    }

    @Test func `what is encoded is decoded again`() throws {
        var items = QueryItems()
        items.append("a b", "&=+%\u{1f600}~")
        #expect(items.text == "a+b=%26%3D%2B%25%F0%9F%98%80~")
        let again = try #require(QueryItems(items.text))
        #expect(again[0] == items[0])
        #expect(PercentEncoding.encode("a b/\u{e9}") == "a%20b%2F%C3%A9")
        #expect(PercentEncoding.decode("a%20b+") == "a b+")
        #expect(PercentEncoding.decode("%a") == nil)
    }
}
