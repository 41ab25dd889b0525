import Bytes
import Crypto
import X509

@testable import TLS

/// A server of TLS 1.3 that sends whatever a test makes of its messages.
final class ScriptedServer {
    /// Given each message that is to be sent, says what is sent in its place; nil for nothing.
    typealias Edit = (HandshakeType, [UInt8]) -> [UInt8]?

    let suite: CipherSuite
    let key: PrivateKey
    let edit: Edit
    var writer = RecordWriter()
    var transcript = Transcript()
    var schedule: KeySchedule13
    var serverSecret = Secret([])
    var clientSecret = Secret([])
    var applicationSecret = Secret([])

    init(_ key: PrivateKey, suite: CipherSuite = .chaCha20Poly1305SHA256, edit: @escaping Edit = { $1 }) {
        self.key = key
        self.suite = suite
        self.edit = edit
        schedule = KeySchedule13(suite.hash)
        transcript.select(suite.hash)
    }

    private func send(_ type: HandshakeType, _ message: [UInt8]) {
        guard let edited = edit(type, message) else { return }
        transcript.append(edited)
        writer.append(.handshake, edited)
    }

    /// Answers the client's first bytes with the whole flight.
    func answer(_ output: [UInt8]) throws -> [UInt8] {
        try answerHello(output)
        sendFlight()
        return writer.take()
    }

    /// The ServerHello, and the keys for what follows.
    func answerHello(_ output: [UInt8]) throws {
        let message = try ScriptedServer.message(output)
        transcript.append(message.bytes)
        let hello = try ClientHello(message)
        let exchange = try KeyExchange(.x25519, random: testRandom(99))
        let shares = hello.keyShares ?? []
        guard let share = shares.first(where: { $0.group == NamedGroup.x25519.rawValue }) else {
            throw TLSError.notReady
        }
        let answer = ServerHello.encode(
            random: [UInt8](repeating: 5, count: 32), sessionID: hello.sessionID, cipherSuite: suite
        ) { writer in
            writer.extension(.supportedVersions) { $0.appendBigEndian(ProtocolVersion.tls13.rawValue) }
            writer.extension(.keyShare) { body in
                body.appendBigEndian(exchange.group.rawValue)
                body.opaque(2, exchange.publicKey)
            }
        }
        send(.serverHello, answer)
        schedule.advance(try exchange.sharedSecret(with: share.publicKey))
        let value = transcript.value
        clientSecret = schedule.derive("c hs traffic", value)
        serverSecret = schedule.derive("s hs traffic", value)
        writer.protect(with: RecordProtection(suite, trafficSecret: serverSecret))
    }

    /// EncryptedExtensions to Finished, and the keys for what follows.
    func sendFlight() {
        send(.encryptedExtensions, HandshakeMessage.encode(.encryptedExtensions) { $0.vector(2) { _ in } })
        let certificate = HandshakeMessage.encode(.certificate) { writer in
            writer.opaque(1, [])
            writer.vector(3) { list in
                list.opaque(3, TestPeer.certificate)
                list.vector(2) { _ in }
            }
        }
        send(.certificate, certificate)
        let content = HandshakeSignature.content(HandshakeSignature.server, transcript.value)
        let signature = (try? key.sign(content, scheme: .ecdsaP256SHA256, random: testRandom(3))) ?? []
        let verify = HandshakeMessage.encode(.certificateVerify) { writer in
            writer.appendBigEndian(SignatureScheme.ecdsaP256SHA256.rawValue)
            writer.opaque(2, signature)
        }
        send(.certificateVerify, verify)
        let value = suite.hash.finishedValue(serverSecret, transcript.value)
        send(.finished, HandshakeMessage.encode(.finished) { $0.append(value.bytes) })
        schedule.advance()
        applicationSecret = schedule.derive("s ap traffic", transcript.value)
        writer.protect(with: RecordProtection(suite, trafficSecret: applicationSecret))
    }

    /// A record under the current keys.
    func record(_ type: ContentType, _ content: [UInt8]) -> [UInt8] {
        writer.appendRecord(type, content[...])
        return writer.take()
    }

    /// The next keys for sending, as after a KeyUpdate.
    func updateKeys() {
        applicationSecret = suite.hash.expandLabel(
            applicationSecret, "traffic upd", RawSpan(), count: suite.hash.byteCount)
        writer.protect(with: RecordProtection(suite, trafficSecret: applicationSecret))
    }

    /// The first message in the clear in `output`.
    static func message(_ output: [UInt8]) throws -> HandshakeMessage {
        var reader = RecordReader()
        var buffer = HandshakeBuffer()
        reader.append(output)
        while let record = try reader.next() {
            guard record.type == .handshake else { continue }
            buffer.append(reader.bytes[record.content])
            if let message = try buffer.next() { return message }
        }
        throw TLSError.notReady
    }
}
