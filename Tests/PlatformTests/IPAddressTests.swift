import Runtime
import Testing

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"),
        ("::1", "::1"), ("1::", "1::"), ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
        ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"), ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("fe80:0:0:0:0:0:0:0", "fe80::"),
    ])
    func `a literal is read and written in its one form`(text: String, form: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == form)
        #expect(IPAddress(form) == address)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "1.2.3.", ".1.2.3", "1..2.3", "0x1.2.3.4",
        ":", ":::", "1:::2", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "12345::", "g::",
        "::1%eth0", ":1", "1:", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "[::1]", "::1.2.3.4:5",
    ])
    func `anything else is no address`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "192.0.1.1",
        "198.17.0.1",
        "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "2001:200::1", "::ffff:8.8.8.8",
    ])
    func `the Internet is public`(text: String) throws {
        #expect(try #require(IPAddress(text)).isPublic)
    }

    @Test(arguments: [
        "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.169.254", "172.16.0.1",
        "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::8.8.8.8",
        "::ffff:10.0.0.1", "::ffff:127.0.0.1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:0:1::1", "2001:db8::1", "3fff::1", "2002:808:808::1", "5f00::1",
    ])
    func `special blocks are not public`(text: String) throws {
        #expect(try #require(IPAddress(text)).isPublic == false)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "8.8.8.8", true),
        ("0.0.0.0/0", "::1", false), ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7/32", "192.0.2.6", false),
        ("::/0", "2001:db8::", true), ("2001:db8::/33", "2001:db8:7fff::", true),
        ("2001:db8::/33", "2001:db8:8000::", false),
        ("::1/128", "::1", true), ("2001:db8::/96", "2001:db8::1:2", true), ("2001:db8::/96", "2001:db8::1:2:3", false),
        ("10.1.2.3/8", "::ffff:10.0.0.1", true),
    ])
    func `a block contains what shares its prefix`(block: String, address: String, isInside: Bool) throws {
        let block = try #require(CIDR(block))
        #expect(block.contains(try #require(IPAddress(address))) == isInside)
    }

    @Test(arguments: ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/08", "::/129", "x/8", "", "10.0.0.0/8/8"])
    func `what is no block is refused`(text: String) {
        #expect(CIDR(text) == nil)
    }

    @Test(arguments: ["192.0.2.1:80", "[2001:db8::1]:8443", "/run/centralpay.sock"])
    func `a socket address is read as it is written`(text: String) throws {
        #expect(try #require(SocketAddress(text)).description == text)
    }

    @Test(arguments: [
        "localhost:80", "::1:80", "[::1]", "[127.0.0.1]:80", "1.2.3.4:65536", "1.2.3.4:", "1.2.3.4:+1", ":80", "",
    ])
    func `what is no socket address is refused`(text: String) {
        #expect(SocketAddress(text) == nil)
    }
}
