import Crypto
import Testing
import X509

@testable import TLS

/// Two ends of a connection in memory.
final class Loopback {
    var client: Connection
    var server: Connection
    /// Why each end stopped.
    var clientError: TLSError?
    var serverError: TLSError?

    static let now: Int64 = 1_800_000_000

    init(
        _ clientConfiguration: ClientConfiguration, _ serverConfiguration: ServerConfiguration,
        session: Session? = nil, name: ServerName = .dns("shop.example"), seed: UInt64 = 1, now: Int64 = Loopback.now
    ) {
        client = Connection(
            client: clientConfiguration, name: name, session: session, now: now, random: testRandom(seed))
        server = Connection(server: serverConfiguration, now: now, random: testRandom(seed &+ 1_000_000))
    }

    /// Carries bytes both ways, `step` at a time, until nobody has more to say.
    func run(step: Int = .max) {
        while clientError == nil || serverError == nil {
            let toServer = client.takeOutput()
            if serverError == nil { serverError = Loopback.feed(&server, toServer, step) }
            let toClient = server.takeOutput()
            if clientError == nil { clientError = Loopback.feed(&client, toClient, step) }
            if toServer.isEmpty, toClient.isEmpty { return }
        }
    }

    static func feed(_ connection: inout Connection, _ bytes: [UInt8], _ step: Int = .max) -> TLSError? {
        var rest = bytes[...]
        while !rest.isEmpty {
            do throws(TLSError) { try connection.receive(Array(rest.prefix(step))) } catch { return error }
            rest = rest.dropFirst(step)
        }
        return nil
    }

    var clientSummary: HandshakeSummary? { client.summary }
    var serverSummary: HandshakeSummary? { server.summary }
    var clientSawClose: Bool { client.hasPeerClosed }

    /// Sends a message to the server as it is.
    func sendFromClient(_ message: [UInt8]) { client.sendHandshake(message) }

    func takeSession() -> Session? { client.takeSession() }

    func endServerTransport() throws(TLSError) { try server.transportEnded() }

    func endClientTransport() throws(TLSError) { try client.transportEnded() }

    /// What the server reads of what the client sends.
    func request(_ bytes: [UInt8]) throws -> [UInt8] {
        try client.send(bytes)
        run()
        var received: [UInt8] = []
        _ = server.takePlaintext(into: &received)
        return received
    }

    /// What the client reads of what the server sends.
    func respond(_ bytes: [UInt8]) throws -> [UInt8] {
        try server.send(bytes)
        run()
        var received: [UInt8] = []
        _ = client.takePlaintext(into: &received)
        return received
    }
}

/// Bytes that look random and are the same in every run.
func testRandom(_ seed: UInt64) -> @Sendable (Int) -> [UInt8] {
    let generator = DeterministicRandom(seed: seed)
    let counter = Counter()
    return { count in generator.bytes(count, purpose: Array("tls".utf8), number: counter.next()) }
}

/// Counts from one up.
final class Counter: Sendable {
    private let value = Locked(UInt64(0))

    func next() -> UInt64 {
        value.withLock { value in
            value += 1
            return value
        }
    }
}
