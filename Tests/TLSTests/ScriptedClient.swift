import Bytes
import Crypto
import X509

@testable import TLS

/// A client of TLS 1.3 that knows its keys up to the Finished and sends what a test likes.
final class ScriptedClient {
    let suite = CipherSuite.chaCha20Poly1305SHA256
    var server: Connection
    var writer = RecordWriter()
    private var transcript = Transcript()
    private var clientSecret = Secret([])

    /// Says hello and reads the server's flight.
    init(_ configuration: ServerConfiguration) throws {
        server = Connection(server: configuration, now: Loopback.now, random: testRandom(5))
        let exchange = try KeyExchange(.x25519, random: testRandom(6))
        var hello = HostileClientTests.Hello()
        hello.set(51, [0, 36, 0, 29, 0, 32] + exchange.publicKey)
        transcript.append(hello.message)
        transcript.select(suite.hash)
        if let error = Loopback.feed(&server, HostileClientTests.Hello.records(hello.message)) { throw error }

        var reader = RecordReader()
        var messages = HandshakeBuffer()
        var schedule = KeySchedule13(suite.hash)
        reader.append(server.takeOutput())
        while let record = try reader.next() {
            guard record.type == .handshake else { continue }
            messages.append(reader.bytes[record.content])
            while let message = try messages.next() {
                transcript.append(message.bytes)
                guard message.type == .serverHello, let share = try ServerHello(message).keyShare() else { continue }
                schedule.advance(try exchange.sharedSecret(with: share.publicKey))
                clientSecret = schedule.derive("c hs traffic", transcript.value)
                let secret = schedule.derive("s hs traffic", transcript.value)
                reader.protect(with: RecordProtection(suite, trafficSecret: secret))
                writer.protect(with: RecordProtection(suite, trafficSecret: clientSecret))
            }
        }
    }

    /// The Finished that the server waits for.
    var finished: [UInt8] {
        let value = suite.hash.finishedValue(clientSecret, transcript.value)
        return HandshakeMessage.encode(.finished) { $0.append(value.bytes) }
    }

    var isEstablished: Bool { server.isEstablished }

    /// Sends a record under the handshake's keys.
    func send(_ type: ContentType, _ content: [UInt8]) -> TLSError? {
        writer.appendRecord(type, content[...])
        return feed(writer.take())
    }

    func feed(_ bytes: [UInt8]) -> TLSError? { Loopback.feed(&server, bytes) }

    func endTransport() throws(TLSError) { try server.transportEnded() }
}
