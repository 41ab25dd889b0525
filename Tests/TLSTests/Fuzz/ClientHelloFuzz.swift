import TLS
import X509

/// What a server reads before it trusts anyone. Bytes of any kind may end the connection; nothing may make it trap.
///
/// The first byte says whether the rest is a whole stream, cut somewhere, or the body of one ClientHello.
enum ClientHelloFuzz {
    private static let random: @Sendable (Int) -> [UInt8] = { [UInt8](repeating: 7, count: $0) }
    private static let now: Int64 = 1_800_000_000
    private static let configuration: ServerConfiguration? = {
        guard let key = try? PrivateKey(random: random), let name = ServerName("shop.example"),
            let certificate = try? CertificateTemplate.selfSigned(
                for: [name], key: key, notBefore: now - 1, notAfter: now + 86_400, random: random),
            let identity = try? Identity(chain: [certificate], key: key)
        else { return nil }
        return ServerConfiguration(identities: [identity], tickets: TicketKeys())
    }()

    static func run(_ bytes: [UInt8]) {
        guard let configuration, let mode = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        var connection = Connection(server: configuration, now: now, random: random)
        if mode.isMultiple(of: 2) {
            let cut = min(rest.count, Int(mode))
            feed(Array(rest[..<cut]), &connection)
            feed(Array(rest[cut...]), &connection)
        } else {
            feed(message(1, rest), &connection)
        }
        precondition(!connection.isEstablished, "nobody gets through without keys")
        _ = try? connection.transportEnded()
        _ = connection.takeOutput()
    }

    private static func feed(_ bytes: [UInt8], _ connection: inout Connection) {
        _ = try? connection.receive(bytes)
        // At most an answer and an alert.
        precondition(connection.takeOutput().count < 16_384, "a hello makes a server say no more than it must")
    }

    /// One handshake message in one record.
    private static func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        let count = body.count
        let message = [type, UInt8(count >> 16), UInt8(count >> 8 & 0xff), UInt8(count & 0xff)] + body
        return [22, 3, 3, UInt8(message.count >> 8 & 0xff), UInt8(message.count & 0xff)] + message
    }
}
