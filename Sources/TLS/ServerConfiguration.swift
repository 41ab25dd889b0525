/// How a server answers. A value: changes reach connections that begin afterwards.
public struct ServerConfiguration: Sendable {
    /// Who the server is. A client that names a host gets the first identity with that name that can sign what the
    /// client understands, any other client the first.
    public var identities: [Identity]
    /// The application protocols, the best first; none means that clients may speak what they like.
    public var applicationProtocols: [String]
    public var minimumVersion: ProtocolVersion = .tls12
    public var maximumVersion: ProtocolVersion = .tls13
    /// The suites, the best first.
    public var cipherSuites: [CipherSuite] = CipherSuite.preferred
    /// The groups, the best first.
    public var groups: [NamedGroup] = NamedGroup.preferred
    /// What seals tickets; nil for no resumption.
    public var tickets: TicketKeys?
    /// How many tickets a client gets after a full handshake; each serves once.
    public var ticketCount = 2
    /// How many records are sealed under one key before it is changed, in TLS 1.3 (RFC 8446 section 5.5).
    var recordsPerKey: UInt64 = 1 << 24 - 1

    /// - Parameter identities: At least one.
    public init(
        identities: [Identity], applicationProtocols: [String] = ["http/1.1"], tickets: TicketKeys? = nil
    ) {
        precondition(!identities.isEmpty, "a server has an identity")
        self.identities = identities
        self.applicationProtocols = applicationProtocols
        self.tickets = tickets
    }

    /// The identities to try for a client that names `serverName`, the best first.
    func candidates(for serverName: String?) -> [Identity] {
        guard let serverName else { return identities }
        let named = identities.filter { $0.isNamed(serverName) }
        return named.isEmpty ? identities : named
    }

    /// The protocol for a client that offers `offered`.
    ///
    /// - Throws: ``TLSError`` with no_application_protocol when there is none in common (RFC 7301 section 3.2).
    func applicationProtocol(_ offered: [[UInt8]]?) throws(TLSError) -> String? {
        guard let offered, !applicationProtocols.isEmpty else { return nil }
        guard let common = applicationProtocols.first(where: { offered.contains(Array($0.utf8)) }) else {
            throw .refused(.noApplicationProtocol, "The client speaks no protocol that is served here.")
        }
        return common
    }
}
