import Bytes
import Pages
import Testing

@Suite struct MarkupTests {
    private func html(_ markup: Markup) -> String {
        var writer = ByteWriter()
        markup.write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `text and attributes are escaped, each in its way`() {
        let value = "<b> & \"quoted\" 'it'"
        #expect(html(p { value }) == "<p>&lt;b&gt; &amp; \"quoted\" 'it'</p>")
        #expect(
            html(p(.id(value)) { "" }) == "<p id=\"&lt;b&gt; &amp; &quot;quoted&quot; &#39;it&#39;\"></p>")
    }

    @Test func `control characters are replaced`() {
        #expect(html(p { "a\u{0}b\u{1b}c\td\n" }) == "<p>a\u{fffd}b\u{fffd}c\td\n</p>")
    }

    @Test(arguments: [false, true])
    func `missing attributes and branches leave nothing`(isShown: Bool) {
        let markup = div(.class("x"), isShown ? .hidden : nil) { if isShown { "yes" } }
        #expect(html(markup) == (isShown ? "<div class=\"x\" hidden>yes</div>" : "<div class=\"x\"></div>"))
        #expect(html(input(.type("checkbox"), .checked)) == "<input type=\"checkbox\" checked>")
    }

    @Test(arguments: [
        "https://shop.example/x?y=1#z", "HTTP://shop.example", "/checkout/1", "?locale=pt", "#content", "/",
    ])
    func `addresses of the web and of this server pass`(url: String) {
        #expect(SafeURL.checked(url) == url)
    }

    @Test(arguments: [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " https://x.example", "data:text/html,x", "//elsewhere.example",
        "/\\elsewhere.example", "https://", "ftp://x.example", "relative", "", "https://x.example/\r\nSet-Cookie: a=b",
        "java\tscript:alert(1)", "https://x.example/\"onclick=",
    ])
    func `any other address becomes a bare number sign`(url: String) {
        #expect(SafeURL.checked(url) == "#")
    }
}
