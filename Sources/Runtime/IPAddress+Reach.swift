extension IPAddress {
    /// Whether the address is one of the public Internet: what a request to an address named by a stranger may reach.
    ///
    /// False for every special-purpose block of the IANA registries (RFC 6890): this host, private, shared,
    /// loopback, link-local, protocol, documentation, benchmarking, translation, tunnel, multicast and reserved ones.
    /// An IPv4 address mapped into IPv6 is judged as itself.
    package var isPublic: Bool {
        switch unmapped {
        case .v4: !Self.specialV4.contains { $0.contains(self) }
        case .v6(let high, _):
            // Only 2000::/3 is assigned as global unicast; this leaves out ::/96, 64:ff9b::/96, 64:ff9b:1::/48,
            // 100::/64, 5f00::/16, fc00::/7, fe80::/10, fec0::/10 and ff00::/8.
            high >> 61 == 1 && !Self.specialV6.contains { $0.contains(self) }
        }
    }

    private static func block(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ length: Int) -> CIDR {
        let value = UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8
        return CIDR(.v4(value), prefixLength: length)
    }

    private static let specialV4: [CIDR] = [
        block(0, 0, 0, 8),  // this network
        block(10, 0, 0, 8),  // private
        block(100, 64, 0, 10),  // shared, carrier-grade translation
        block(127, 0, 0, 8),  // loopback
        block(169, 254, 0, 16),  // link-local, cloud metadata
        block(172, 16, 0, 12),  // private
        block(192, 0, 0, 24),  // protocol assignments
        block(192, 0, 2, 24),  // documentation
        block(192, 88, 99, 24),  // 6to4 relays
        block(192, 168, 0, 16),  // private
        block(198, 18, 0, 15),  // benchmarking
        block(198, 51, 100, 24),  // documentation
        block(203, 0, 113, 24),  // documentation
        block(224, 0, 0, 4),  // multicast
        block(240, 0, 0, 4),  // reserved, broadcast
    ]

    private static let specialV6: [CIDR] = [
        CIDR(.v6(high: 0x2001_0000_0000_0000, low: 0), prefixLength: 23),  // protocol assignments, Teredo, ORCHID
        CIDR(.v6(high: 0x2001_0db8_0000_0000, low: 0), prefixLength: 32),  // documentation
        CIDR(.v6(high: 0x2002_0000_0000_0000, low: 0), prefixLength: 16),  // 6to4
        CIDR(.v6(high: 0x3fff_0000_0000_0000, low: 0), prefixLength: 20),  // documentation
    ]
}
