import HTTP
import Runtime
import Testing

@Suite struct AddressPolicyTests {
    @Test(arguments: [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.255.255", "192.0.0.8", "192.0.2.1",
        "192.88.99.1", "192.168.1.1", "198.19.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "255.255.255.255", "::",
        "::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "100::1", "2001::1", "2001:db8::1", "2002:808:808::1", "3fff::1",
        "5f00::1", "fc00::1", "fd12::1", "fe80::1", "ff02::1",
    ])
    func `addresses that lead inwards are not public`(text: String) throws {
        #expect(!AddressPolicy.publicOnly.allows(try #require(IPAddress(text))))
    }

    @Test(arguments: [
        "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888",
    ])
    func `addresses of the internet are public`(text: String) throws {
        #expect(AddressPolicy.publicOnly.allows(try #require(IPAddress(text))))
    }
}
