import Bytes
import Crypto

/// After the handshake of TLS 1.3: new keys, and tickets for a client (RFC 8446 section 4.6).
final class Established13: HandshakeState {
    private let suite: CipherSuite
    private var readSecret: Secret
    private var writeSecret: Secret
    /// What a client makes sessions of; nil for a server.
    private let origin: SessionOrigin?

    init(
        _ suite: CipherSuite, readSecret: consuming Secret, writeSecret: consuming Secret, origin: SessionOrigin?
    ) {
        self.suite = suite
        self.readSecret = readSecret
        self.writeSecret = writeSecret
        self.origin = origin
    }

    func receive(_ message: HandshakeMessage, _ channel: inout Channel) throws(TLSError) -> (any HandshakeState)? {
        switch message.type {
        case .keyUpdate:
            try channel.countIdleMessage()
            try receiveKeyUpdate(message, &channel)
        case .newSessionTicket:
            guard let origin else { throw .unexpected("ticket from a client") }
            try channel.countIdleMessage()
            if let session = try origin.session(message, now: channel.now) { channel.deliver(session) }
        // Among them a request for a certificate, which nobody has allowed (section 4.6.2), and a hello.
        default: throw .unexpected("message of type \(message.type.rawValue) after the handshake")
        }
        return nil
    }

    /// Section 4.6.3.
    private func receiveKeyUpdate(_ message: HandshakeMessage, _ channel: inout Channel) throws(TLSError) {
        var reader = message.body
        let request = try reader.uint8("KeyUpdate")
        try reader.expectEnd("KeyUpdate")
        guard request <= 1 else { throw .illegal("A KeyUpdate with a request that does not exist.") }
        readSecret = Established13.next(readSecret, suite)
        try channel.protectReading(with: RecordProtection(suite, trafficSecret: readSecret))
        // One answer serves all requests that come before it is on its way.
        guard request == 1, !channel.hasUnsentKeyUpdate, !channel.hasClosed else { return }
        updateKeys(&channel)
    }

    func updateKeys(_ channel: inout Channel) {
        channel.send(HandshakeMessage.encode(.keyUpdate) { $0.append(0) })
        writeSecret = Established13.next(writeSecret, suite)
        channel.protectWriting(with: RecordProtection(suite, trafficSecret: writeSecret))
        channel.hasUnsentKeyUpdate = true
    }

    /// Section 7.2.
    private static func next(_ secret: borrowing Secret, _ suite: CipherSuite) -> Secret {
        suite.hash.expandLabel(secret, "traffic upd", RawSpan(), count: suite.hash.byteCount)
    }
}
