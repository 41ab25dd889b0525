package import HTTP
package import Runtime
import TLS
import X509

/// Encrypts the connections of the HTTP client, and resumes sessions where servers let it.
package final class TLSTransport: SecureTransport {
    private let doors: Doors
    private let source: TrustSource
    private let configuration: ClientConfiguration
    private let sessions = SessionCache()

    /// - Parameter doors: with the clock of the machine, by which certificates are judged.
    package init(doors: Doors, trust: TrustSource) {
        self.doors = doors
        source = trust
        configuration = ClientConfiguration(trust: trust.store, applicationProtocols: ["http/1.1"])
    }

    package func secure(
        _ stream: any ByteStream, host: String, deadline: Instant
    ) async throws(SecureTransportError) -> any ByteStream {
        do throws(HandshakeError) {
            return try await connect(stream, host: host, deadline: deadline)
        } catch {
            throw SecureTransportError(reason: source.explained(error, now: doors.clock.now()))
        }
    }

    /// Performs the handshake with `host` on `stream`, which the caller closes after a throw.
    package func connect(
        _ stream: any ByteStream, host: String, deadline: Instant
    ) async throws(HandshakeError) -> TLSStream {
        guard let name = ServerName(host) else { throw .unusableName }
        let origin = if case .ip(_, let port) = stream.peer { "\(host):\(port)" } else { host }
        let entropy = doors.entropy
        let connection = Connection(
            client: configuration, name: name, session: sessions.take(origin),
            now: doors.clock.now().seconds, random: { entropy.bytes($0) })
        let sessions = sessions
        let secured = TLSStream(over: stream, connection, doors: doors) { sessions.put($0, for: origin) }
        try await secured.handshake(deadline: deadline)
        return secured
    }
}
