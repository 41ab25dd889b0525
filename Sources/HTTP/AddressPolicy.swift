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

    /// Only addresses of the public internet, for URLs that strangers type; an IPv4 address mapped into IPv6, which no
    /// honest name has, is none.
    package static let publicOnly = AddressPolicy { $0.isPublic && $0 == $0.unmapped }
}
