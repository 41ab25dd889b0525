/// A block of addresses with a common prefix, such as `10.0.0.0/8` (RFC 4632).
package struct CIDR: Hashable, Sendable, CustomStringConvertible {
    /// The first address of the block; bits after the prefix are zero.
    package let base: IPAddress
    /// 0 to 32 for IPv4, 0 to 128 for IPv6.
    package let prefixLength: Int

    /// The block of `prefixLength` bits that holds `address`; the length must fit the address family.
    package init(_ address: IPAddress, prefixLength: Int) {
        switch address {
        case .v4(let value):
            precondition((0...32).contains(prefixLength), "prefix length outside 0 to 32")
            base = .v4(value & Self.mask32(prefixLength))
        case .v6(let high, let low):
            precondition((0...128).contains(prefixLength), "prefix length outside 0 to 128")
            base = .v6(
                high: high & Self.mask64(min(prefixLength, 64)), low: low & Self.mask64(max(prefixLength - 64, 0)))
        }
        self.prefixLength = prefixLength
    }

    /// Reads `address/length`, or an address alone as a block of one. Nil for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(first) else { return nil }
        let longest = if case .v4 = address { 32 } else { 128 }
        guard parts.count == 2 else {
            self.init(address, prefixLength: longest)
            return
        }
        let digits = Array(parts[1].utf8)
        guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.count == 1 || digits[0] != 0x30
        else { return nil }
        let length = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard length <= longest else { return nil }
        self.init(address, prefixLength: length)
    }

    package var description: String { "\(base)/\(prefixLength)" }

    /// Whether `address` lies in the block. An IPv4 address mapped into IPv6 is taken as itself.
    package func contains(_ address: IPAddress) -> Bool {
        switch (base, address.unmapped) {
        case (.v4(let start), .v4(let value)):
            return value & Self.mask32(prefixLength) == start
        case (.v6(let high, let low), .v6(let valueHigh, let valueLow)):
            return valueHigh & Self.mask64(min(prefixLength, 64)) == high
                && valueLow & Self.mask64(max(prefixLength - 64, 0)) == low
        default: return false
        }
    }

    // `>>` on integers yields zero for a shift past the width.
    private static func mask32(_ length: Int) -> UInt32 { ~(UInt32.max >> UInt32(length)) }
    private static func mask64(_ length: Int) -> UInt64 { ~(UInt64.max >> UInt64(length)) }
}
