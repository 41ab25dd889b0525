import X509

@testable import TLS

/// A client on its own.
final class ClientBox {
    var connection: Connection

    init(_ configuration: ClientConfiguration, session: Session? = nil, now: Int64 = Loopback.now) {
        connection = Connection(
            client: configuration, name: .dns("shop.example"), session: session, now: now, random: testRandom(1))
    }

    var isEstablished: Bool { connection.isEstablished }

    var hasPeerClosed: Bool { connection.hasPeerClosed }

    func output() -> [UInt8] { connection.takeOutput() }

    func takeSession() -> Session? { connection.takeSession() }

    func send(_ bytes: [UInt8]) throws(TLSError) { try connection.send(bytes) }

    func feed(_ bytes: [UInt8]) -> TLSError? { Loopback.feed(&connection, bytes) }

    /// All plaintext that came.
    func take() -> [UInt8] {
        var bytes: [UInt8] = []
        _ = connection.takePlaintext(into: &bytes)
        return bytes
    }
}
