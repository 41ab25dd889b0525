/// The groups for key agreement (RFC 8446 section 4.2.7).
public enum NamedGroup: UInt16, Sendable, Hashable, CaseIterable {
    case x25519 = 29
    case secp256r1 = 23

    /// Both, in our order of preference.
    public static let preferred: [NamedGroup] = allCases
}
