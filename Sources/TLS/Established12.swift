import Bytes

/// After the handshake of TLS 1.2. Its keys never change, and nobody renegotiates.
final class Established12: HandshakeState {
    private let isClient: Bool

    init(isClient: Bool) { self.isClient = isClient }

    /// A wish to negotiate again is declined, which ends nothing (RFC 5246 sections 7.2.2 and 7.4.1.1).
    func receive(_ message: HandshakeMessage, _ channel: inout Channel) throws(TLSError) -> (any HandshakeState)? {
        guard message.type == (isClient ? .helloRequest : .clientHello) else {
            throw .unexpected("message of type \(message.type.rawValue) after the handshake")
        }
        if isClient, !message.body.isAtEnd { throw .decode("HelloRequest") }
        try channel.countIdleMessage()
        channel.sendAlert(.noRenegotiation)
        return nil
    }

    func receiveChangeCipherSpec(_ channel: inout Channel) throws(TLSError) {
        throw .unexpected("change_cipher_spec")
    }
}
