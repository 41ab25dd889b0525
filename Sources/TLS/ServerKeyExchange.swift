import Bytes
import X509

/// A server's ephemeral key in TLS 1.2, with its signature (RFC 8422 section 5.4, RFC 5246 section 7.4.3).
struct ServerKeyExchange {
    let group: UInt16
    let publicKey: [UInt8]
    let scheme: UInt16
    let signature: [UInt8]
    /// The bytes of the parameters, which are signed behind the two randoms.
    private let parameters: [UInt8]

    /// What says that a curve is named by its number.
    private static let namedCurve: UInt8 = 3

    /// - Throws: ``TLSError``: decode_error, or illegal_parameter for a curve that is not named by its number.
    init(_ message: HandshakeMessage) throws(TLSError) {
        var reader = message.body
        guard try reader.uint8("ServerKeyExchange") == ServerKeyExchange.namedCurve else {
            throw .illegal("The server's curve has no number.")
        }
        group = try reader.uint16("ServerKeyExchange")
        publicKey = try reader.opaque8("ServerKeyExchange", in: 1...255)
        scheme = try reader.uint16("ServerKeyExchange")
        signature = try reader.opaque16("ServerKeyExchange")
        try reader.expectEnd("ServerKeyExchange")
        parameters = ServerKeyExchange.parameters(group, publicKey)
    }

    /// What the server signs (RFC 5246 section 7.4.3).
    func signedContent(clientRandom: [UInt8], serverRandom: [UInt8]) -> [UInt8] {
        clientRandom + serverRandom + parameters
    }

    /// The message, signed by `sign`.
    static func encode(
        _ exchange: KeyExchange, scheme: SignatureScheme, clientRandom: [UInt8], serverRandom: [UInt8],
        sign: ([UInt8]) throws(TLSError) -> [UInt8]
    ) throws(TLSError) -> [UInt8] {
        let parameters = parameters(exchange.group.rawValue, exchange.publicKey)
        let signature = try sign(clientRandom + serverRandom + parameters)
        return HandshakeMessage.encode(.serverKeyExchange) { writer in
            writer.append(parameters)
            writer.appendBigEndian(scheme.rawValue)
            writer.opaque(2, signature)
        }
    }

    private static func parameters(_ group: UInt16, _ publicKey: [UInt8]) -> [UInt8] {
        var writer = ByteWriter(capacity: 4 + publicKey.count)
        writer.append(namedCurve)
        writer.appendBigEndian(group)
        writer.opaque(1, publicKey)
        return writer.bytes
    }
}
