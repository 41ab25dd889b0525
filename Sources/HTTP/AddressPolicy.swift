package import Runtime

/// Which addresses the client may connect to. It is asked about every resolved address, and the connection goes to
/// exactly the address that was allowed, so a name that changes its mind in between gains nothing.
package struct AddressPolicy: Sendable {
    private let isAllowed: @Sendable (IPAddress) -> Bool

    package init(_ isAllowed: @escaping @Sendable (IPAddress) -> Bool) {
        self.isAllowed = isAllowed
    }

    package func allows(_ address: IPAddress) -> Bool {
        isAllowed(address)
    }

    /// Every address, for hosts the operator configured.
    package static let any = AddressPolicy { _ in true }

    /// Only addresses of the public internet, for URLs that customers of the operator type: no private, loopback,
    /// link-local, shared, multicast, reserved, documentation or transition addresses (the IANA special-purpose
    /// registries).
    package static let publicOnly = AddressPolicy { address in
        switch address {
        case .v4(let number): !deniedV4.contains { number >> (32 - $0.length) == $0.prefix >> (32 - $0.length) }
        case .v6(let high, let low):
            // Only global unicast, 2000::/3, without the blocks in it that lead elsewhere.
            high >> 61 == 1 && !deniedV6.contains { high >> (64 - $0.length) == $0.prefix >> (64 - $0.length) }
        }
    }

    private static let deniedV4: [(prefix: UInt32, length: UInt32)] = [
        (0x0000_0000, 8), (0x0a00_0000, 8), (0x6440_0000, 10), (0x7f00_0000, 8), (0xa9fe_0000, 16),
        (0xac10_0000, 12), (0xc000_0000, 24), (0xc000_0200, 24), (0xc058_6300, 24), (0xc0a8_0000, 16),
        (0xc612_0000, 15), (0xc633_6400, 24), (0xcb00_7100, 24), (0xe000_0000, 4), (0xf000_0000, 4),
    ]

    private static let deniedV6: [(prefix: UInt64, length: UInt64)] = [
        (0x2001_0000_0000_0000, 23), (0x2001_0db8_0000_0000, 32), (0x2002_0000_0000_0000, 16),
        (0x3fff_0000_0000_0000, 20),
    ]
}
