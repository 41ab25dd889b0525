import HTTPS
import Platform
import Runtime
import TLS
import X509

/// Gets one page over TLS, and perhaps once more in the same session.
struct PeerClient: Sendable {
    private let options: PeerOptions
    private let doors: Doors

    init(_ options: PeerOptions, _ doors: Doors) {
        self.options = options
        self.doors = doors
    }

    func run() async throws {
        guard let name = ServerName(options.name), let colon = options.target.lastIndex(of: ":"),
            let address = IPAddress(String(options.target[..<colon])),
            let port = UInt16(options.target[options.target.index(after: colon)...])
        else { throw PeerError("the target is no ADDRESS:PORT, or the name is none") }
        let trust = TrustStore(pem: try PeerFile.read(options.authorities, doors))
        var configuration = ClientConfiguration(trust: trust)
        options.apply(to: &configuration)
        let kept = Guarded<Session?>(nil)
        for _ in 0..<(options.connectsAgain ? 2 : 1) {
            let session = kept.withLock { kept in
                defer { kept = nil }
                return kept
            }
            try await get(.ip(address, port: port), name, configuration, session, kept)
        }
    }

    private func get(
        _ target: SocketAddress, _ name: ServerName, _ configuration: ClientConfiguration, _ session: Session?,
        _ kept: borrowing Guarded<Session?>
    ) async throws {
        let deadline = doors.clock.instant().adding(seconds: 20)
        let inner = try await doors.network.connect(to: target, deadline: deadline)
        let entropy = doors.entropy
        let connection = Connection(
            client: configuration, name: name, session: session, now: doors.clock.now().seconds,
            random: { entropy.bytes($0) })
        let sessions = SessionBox()
        let stream = TLSStream(over: inner, connection, doors: doors) { sessions.keep($0) }
        defer { stream.close() }
        do throws(HandshakeError) {
            try await stream.handshake(deadline: deadline)
        } catch {
            PeerReport.write(error: error.reason)
            throw PeerError(error.reason)
        }
        try await stream.send(
            Array("GET \(options.path) HTTP/1.0\r\nHost: \(options.name)\r\n\r\n".utf8), deadline: deadline)
        var count = 0
        var isClean = false
        do throws(NetworkError) {
            while true {
                var bytes: [UInt8] = []
                let taken = try await stream.receive(into: &bytes, limit: 65_536, deadline: deadline)
                if taken == 0 {
                    isClean = true
                    break
                }
                count += taken
            }
        } catch {
            // Cut off: the report tells.
        }
        kept.withLock { $0 = sessions.take() }
        if let summary = stream.summary { PeerReport.write(summary, byteCount: count, isClean: isClean) }
    }
}

/// Holds the newest session.
final class SessionBox: Sendable {
    private let session = Guarded<Session?>(nil)

    func keep(_ newest: Session) { session.withLock { $0 = newest } }

    func take() -> Session? { session.withLock { $0 } }
}
