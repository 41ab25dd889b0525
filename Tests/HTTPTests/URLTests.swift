import HTTP
import Runtime
import Testing

@Suite struct URLTests {
    @Test(arguments: [
        ("http://example.com", "http://example.com/"), ("HTTPS://Example.COM:443/a?b#c", "https://example.com/a?b#c"),
        ("http://h:8080?x=%20", "http://h:8080/?x=%20"), ("http://127.0.0.1:80/", "http://127.0.0.1/"),
        ("https://[::1]:8443/a//b/../c", "https://[::1]:8443/a//b/../c"),
        ("http://[2001:DB8:0:0:0:0:0:1]/?", "http://[2001:db8::1]/?"), ("http://a_b.c-d.e./", "http://a_b.c-d.e./"),
        ("http://a/;@:!$&'()*+,=~", "http://a/;@:!$&'()*+,=~"), ("http://a#/x", "http://a/#/x"),
    ])
    func `a good URL has one text`(text: String, normal: String) throws {
        let url = try #require(URL(text))
        #expect(url.text == normal)
        #expect(URL(normal) == url)
    }

    @Test(arguments: [
        "", "http:/a", "http//a", "//a", "ftp://a", "javascript:alert(1)", "http://", "http:///a", "http://a:0",
        "http://a:",
        "http://a:65536", "http://a:+1", "http://a:1a", "http://u@a", "http://u:p@a/", "http://a b", "http://a\n/",
        "http://\u{e9}/", "http://a/\u{e9}", "http://a/%", "http://a/%2", "http://a/%zz", "http://a/<", "http://a/#b#c",
        "http://a\\b", "http://a/\\b", "http://-a", "http://a-", "http://a..b", "http://.a", "http://a%2eb", "http://1",
        "http://127.1", "http://0x7f000001", "http://0x7f.0.0.1", "http://0177.0.0.1", "http://127.0.0.256",
        "http://1.2.3.4.5", "http://[::1", "http://[::1]a", "http://[1.2.3.4]", "http://[::1%25eth0]", "http://[:::]",
        "http://[1::2::3]", "http://[12345::]", "http://*", "http://a,b",
    ])
    func `a bad URL is none`(text: String) {
        #expect(URL(text) == nil)
    }

    @Test func `the parts are what they seem`() throws {
        let url = try #require(URL("https://[::ffff:1.2.3.4]:8443/p/q?r=s#t"))
        #expect(url.scheme == .https)
        #expect(url.host == "::ffff:1.2.3.4")
        #expect(url.address == .v6(high: 0, low: 0xffff_0102_0304))
        #expect(url.port == 8443)
        #expect(url.path == "/p/q")
        #expect(url.query == "r=s")
        #expect(url.fragment == "t")
        #expect(url.target == "/p/q?r=s")
        #expect(url.authority == "[::ffff:1.2.3.4]:8443")
        #expect(url.origin == "https://[::ffff:1.2.3.4]:8443")
    }

    @Test(arguments: [
        ("http://localhost", true), ("http://a.localhost:1", true), ("http://127.9.8.7", true), ("http://[::1]", true),
        ("http://[::ffff:127.0.0.1]", true), ("http://notlocalhost", false), ("http://128.0.0.1", false),
        ("http://[::2]", false),
    ])
    func `loopback is known by name and number`(text: String, isLoopback: Bool) throws {
        #expect(try #require(URL(text)).isLoopback == isLoopback)
    }

    @Test func `a hundred thousand mutations keep their text`() {
        var random = SeededGenerator(seed: 3986)
        let seeds = ["https://ab.example:8443/p/q?r=s#t", "http://[2001:db8::7]:80/a%20b", "http://10.0.0.1/x?y"]
        for _ in 0..<100_000 {
            var bytes = Array(seeds[Int(random.next() % 3)].utf8)
            random.mutate(&bytes)
            guard let url = URL(String(decoding: bytes, as: UTF8.self)) else { continue }
            if URL(url.text) != url { Issue.record("\(url) is not its own text") }
        }
    }
}
