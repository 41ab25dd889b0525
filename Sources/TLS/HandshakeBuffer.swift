/// Puts messages together from the records they came in.
struct HandshakeBuffer {
    /// A longer message is refused; chains and hellos that are meant well are far shorter.
    static let maximumMessageByteCount = 65_536

    private var bytes: [UInt8] = []
    private var head = 0

    /// Whether a part of a message, or more messages, are waiting.
    var isEmpty: Bool { head == bytes.count }

    mutating func append(_ fragment: ArraySlice<UInt8>) {
        if head > 0 {
            bytes.removeSubrange(..<head)
            head = 0
        }
        bytes.append(contentsOf: fragment)
    }

    /// The next whole message, or nil when more bytes are needed.
    ///
    /// - Throws: ``TLSError``: unexpected_message for an unknown type, decode_error for a message over the limit. Both
    ///   are known from the header, so no more than the limit is ever held.
    mutating func next() throws(TLSError) -> HandshakeMessage? {
        guard bytes.count - head >= HandshakeMessage.headerByteCount else {
            if isEmpty { release() }
            return nil
        }
        guard let type = HandshakeType(rawValue: bytes[head]), type != .messageHash else {
            throw .unexpected("handshake message of type \(bytes[head])")
        }
        let count = Int(bytes[head + 1]) << 16 | Int(bytes[head + 2]) << 8 | Int(bytes[head + 3])
        guard count <= HandshakeBuffer.maximumMessageByteCount else { throw .decode("handshake message: too long") }
        let end = head + HandshakeMessage.headerByteCount + count
        guard end <= bytes.count else { return nil }
        let message = HandshakeMessage(type: type, bytes: Array(bytes[head..<end]))
        head = end
        if isEmpty { release() }
        return message
    }

    /// Gives the memory back: an idle connection holds none.
    private mutating func release() {
        bytes = []
        head = 0
    }
}
