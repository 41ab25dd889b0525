import TLS
import X509

/// What a client reads of whoever answers. Bytes of any kind may end the connection; nothing may make it trap, and no
/// stranger may pass for the server.
///
/// The first byte says whether the rest is a whole stream, cut somewhere, or the body of one ServerHello, in answer to
/// which offer.
enum ServerHelloFuzz {
    private static let random: @Sendable (Int) -> [UInt8] = { [UInt8](repeating: 7, count: $0) }
    private static let now: Int64 = 1_800_000_000
    private static let configurations: [ClientConfiguration] = {
        let both = ClientConfiguration(trust: TrustStore(certificates: []))
        var old = both
        old.maximumVersion = .tls12
        return [both, old]
    }()

    static func run(_ bytes: [UInt8]) {
        guard let mode = bytes.first, let name = ServerName("shop.example") else { return }
        let rest = Array(bytes.dropFirst())
        let configuration = configurations[Int(mode >> 1 & 1)]
        var connection = Connection(client: configuration, name: name, now: now, random: random)
        _ = connection.takeOutput()
        if mode.isMultiple(of: 2) {
            let cut = min(rest.count, Int(mode))
            feed(Array(rest[..<cut]), &connection)
            feed(Array(rest[cut...]), &connection)
        } else {
            // The same message twice: a HelloRetryRequest and what follows it.
            feed(message(2, rest) + message(2, rest), &connection)
        }
        precondition(!connection.isEstablished, "nobody whom no root vouches for gets through")
        _ = try? connection.transportEnded()
        _ = connection.takeOutput()
    }

    private static func feed(_ bytes: [UInt8], _ connection: inout Connection) {
        _ = try? connection.receive(bytes)
        precondition(connection.takeOutput().count < 16_384, "an answer makes a client say no more than it must")
    }

    /// One handshake message in one record.
    private static func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        let count = body.count
        let message = [type, UInt8(count >> 16), UInt8(count >> 8 & 0xff), UInt8(count & 0xff)] + body
        return [22, 3, 3, UInt8(message.count >> 8 & 0xff), UInt8(message.count & 0xff)] + message
    }
}
