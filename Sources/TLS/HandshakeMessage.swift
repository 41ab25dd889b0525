import Bytes

/// One whole message of a handshake.
struct HandshakeMessage {
    let type: HandshakeType
    /// Everything, the four bytes of the header among it, as the transcript takes it.
    let bytes: [UInt8]

    /// A reader over what follows the header.
    var body: ByteReader { ByteReader(bytes, in: 4..<bytes.count) }

    /// How many bytes the header has: a type and a length.
    static let headerByteCount = 4

    /// The bytes of a message: its header, then what `body` writes.
    static func encode(_ type: HandshakeType, _ body: (inout ByteWriter) -> Void) -> [UInt8] {
        var writer = ByteWriter(capacity: 256)
        writer.append(type.rawValue)
        writer.vector(3, body)
        return writer.bytes
    }
}
