package import HTTP
package import Runtime
import TLS
import X509

/// Encrypts the connections of the HTTP client, and resumes sessions where servers let it.
package final class TLSTransport: SecureTransport {
    private let doors: Doors
    private let loader: TrustLoader
    /// Made once, with the roots: sessions are resumed under the configuration that they began with.
    private let configuration = Guarded<ClientConfiguration?>(nil)
    private let sessions = SessionCache()

    /// - Parameter doors: with the clock of the machine, by which certificates are judged.
    package init(doors: Doors, trust: TrustLoader) {
        self.doors = doors
        loader = trust
    }

    package func secure(
        _ stream: any ByteStream, host: String, deadline: Instant
    ) async throws(SecureTransportError) -> any ByteStream {
        do throws(HandshakeError) {
            return try await connect(stream, host: host, deadline: deadline)
        } catch {
            throw SecureTransportError(reason: TrustSource.explained(error, now: doors.clock.now()))
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
            client: configuration(from: await loader.trust()), name: name, session: sessions.take(origin),
            now: doors.clock.now().seconds, random: { entropy.bytes($0) })
        let sessions = sessions
        let secured = TLSStream(over: stream, connection, doors: doors) { sessions.put($0, for: origin) }
        try await secured.handshake(deadline: deadline)
        return secured
    }

    private func configuration(from trust: TrustSource) -> ClientConfiguration {
        configuration.withLock { configuration in
            if let configuration { return configuration }
            let made = ClientConfiguration(trust: trust.store, applicationProtocols: ["http/1.1"])
            configuration = made
            return made
        }
    }
}
