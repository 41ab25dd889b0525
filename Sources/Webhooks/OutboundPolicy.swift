package import HTTP
package import Runtime

/// Where webhooks may go: to public addresses, and to those the operator named.
///
/// It is asked about the address that is really connected to, at every try, so a name that resolves differently the
/// next time (DNS rebinding) gains nothing.
package struct OutboundPolicy: Sendable {
    /// Blocks that are allowed although they are private, from `--allow-private-webhooks`.
    package let allowedBlocks: [CIDR]

    package init(allowing allowedBlocks: [CIDR] = []) {
        self.allowedBlocks = allowedBlocks
    }

    /// What the demonstration allows: receivers on this machine.
    package static let loopback = OutboundPolicy(allowing: [
        CIDR(.v4(0x7f00_0000), prefixLength: 8), CIDR(.v6(high: 0, low: 1), prefixLength: 128),
    ])

    package func allows(_ address: IPAddress) -> Bool {
        AddressPolicy.publicOnly.allows(address) || allowedBlocks.contains { $0.contains(address) }
    }

    /// The same as the client asks it.
    package var addressPolicy: AddressPolicy {
        AddressPolicy { allows($0) }
    }
}
