import HTTP
import Runtime
import Testing

@Suite struct TrustedProxiesTests {
    private let proxies = TrustedProxies([
        CIDR(.v4(0x0a00_0000), prefixLength: 8), CIDR(.v6(high: 0, low: 1), prefixLength: 128),
    ])

    private func request(from peer: String, isSecure: Bool = false, _ fields: [(String, String)]) throws -> Request {
        Request(
            method: .get, target: "/", headers: Headers(fields), peer: try #require(SocketAddress(peer)),
            isSecure: isSecure)
    }

    @Test(arguments: [
        ("192.0.2.1:9", [], "192.0.2.1"),
        ("192.0.2.1:9", ["198.51.100.7"], "192.0.2.1"),
        ("10.0.0.1:9", ["198.51.100.7"], "198.51.100.7"),
        ("[::ffff:10.0.0.1]:9", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1:9", ["203.0.113.9, 198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1:9", ["203.0.113.9", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1:9", ["203.0.113.9, unknown"], nil),
        ("10.0.0.1:9", ["10.0.0.3, 10.0.0.2"], "10.0.0.1"),
        ("10.0.0.1:9", [], "10.0.0.1"),
        ("[::1]:9", ["2001:db8::5"], "2001:db8::5"),
    ])
    func `the last address that is no proxy is the visitor's`(peer: String, lists: [String], expected: String?) throws {
        let request = try request(from: peer, lists.map { ("X-Forwarded-For", $0) })
        #expect(proxies.clientAddress(of: request)?.description == expected)
    }

    @Test(arguments: [
        ("10.0.0.1:9", ["https"], true), ("10.0.0.1:9", ["HTTPS, https"], true), ("10.0.0.1:9", [], false),
        ("10.0.0.1:9", ["https, http"], false), ("10.0.0.1:9", ["https", "http"], false),
        ("192.0.2.1:9", ["https"], false), ("10.0.0.1:9", ["http"], false), ("10.0.0.1:9", [""], false),
    ])
    func `only a proxy can say that a request came encrypted`(peer: String, values: [String], expected: Bool) throws {
        let fields = values.map { ("X-Forwarded-Proto", $0) }
        #expect(proxies.isSecure(try request(from: peer, fields)) == expected)
        #expect(proxies.isSecure(try request(from: peer, isSecure: true, fields)))
        #expect(!TrustedProxies().isSecure(try request(from: peer, fields)))
    }
}
