import Testing
import X509

@Suite struct ServerNameTests {
    @Test(arguments: [
        ("Example.COM", "example.com"), ("example.com.", "example.com"), ("localhost", "localhost"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"), ("a_b.example", "a_b.example"),
        ("192.0.2.1", "192.0.2.1"), ("2001:DB8::1", "2001:db8::1"), ("::", "::"),
        ("::ffff:192.0.2.1", "::ffff:c000:201"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:0:0:4:0:0:0:8", "1:0:0:4::8"), ("1::", "1::"),
        ("3com.example", "3com.example"),
    ])
    func `hosts and addresses are read`(text: String, canonical: String) {
        #expect(ServerName(text)?.description == canonical)
    }

    @Test(arguments: [
        "", ".", "a..b", ".a", "a.b..", "-a.example", "a-.example", "a b", "a/b", "*.example.com", "bücher.example",
        "1.2.3", "256.1.1.1", "192.0.2.01", "1.2.3.4.5", "example.123", "0x7f.1", ":", ":::", "1::2::3",
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "::1.2.3", "1.2.3.4::", "[::1]", "fe80::1%eth0",
        "a\0b.example",
    ])
    func `other texts are refused`(text: String) {
        #expect(ServerName(text) == nil)
    }

    @Test func `labels and names have limits`() {
        let label = String(repeating: "a", count: 63)
        #expect(ServerName(label + ".example") != nil)
        #expect(ServerName(label + "a.example") == nil)
        let long = [label, label, label, String(repeating: "b", count: 61)].joined(separator: ".")
        #expect(long.utf8.count == 253)
        #expect(ServerName(long) != nil)
        #expect(ServerName("c" + long) == nil)
    }

    @Test(arguments: [
        ("a.example.com", "a.example.com", true), ("a.example.com", "A.EXAMPLE.com", true),
        ("a.example.com", "*.example.com", true), ("example.com", "*.example.com", false),
        ("b.a.example.com", "*.example.com", false), ("xn--abc.example.com", "*.example.com", true),
        // Wildcards are whole labels, the leftmost, with two labels behind them.
        ("a.example.com", "a*.example.com", false), ("a.example.com", "*a.example.com", false),
        ("a.example.com", "a.*.com", false), ("example.com", "*.com", false), ("com", "*", false),
        ("a.b.example.com", "*.*.example.com", false), ("xn--abc.example.com", "xn--*.example.com", false),
        // Dots at the end, nothing, and what only looks alike.
        ("a.example.com", "a.example.com.", false), ("a.example.com", "", false),
        ("a.example.com", "a.example.com\0.evil.test", false), ("a.example.com", ".example.com", false),
        ("a.example.com", "example.com", false),
    ])
    func `names match as RFC 9525 says`(name: String, pattern: String, isMatch: Bool) throws {
        #expect(try #require(ServerName(name)).matches([.dns("other.test"), .dns(pattern)]) == isMatch)
    }

    @Test func `addresses match addresses alone`() throws {
        let address = try #require(ServerName("192.0.2.1"))
        #expect(address.matches([.ip([192, 0, 2, 1])]))
        #expect(!address.matches([.dns("192.0.2.1"), .ip([192, 0, 2, 2]), .ip([0, 0, 192, 0, 2, 1])]))
        #expect(!(try #require(ServerName("a.example"))).matches([.ip([192, 0, 2, 1]), .uri("a.example")]))
    }
}
