/// The versions spoken here; older ones are refused (RFC 8996).
public enum ProtocolVersion: UInt16, Sendable, Hashable, Comparable {
    case tls12 = 0x0303
    case tls13 = 0x0304

    public static func < (first: ProtocolVersion, second: ProtocolVersion) -> Bool { first.rawValue < second.rawValue }
}
