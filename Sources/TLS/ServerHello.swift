import Bytes

/// A ServerHello or a HelloRetryRequest, which has the same form (RFC 8446 sections 4.1.3 and 4.1.4).
struct ServerHello {
    /// The random of every HelloRetryRequest: the SHA-256 of its name.
    static let retryRandom: [UInt8] = [
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
        0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    ]
    /// What a server that could speak TLS 1.3 writes at the end of its random when it speaks 1.2: "DOWNGRD", 1
    /// (RFC 8446 section 4.1.3).
    static let downgradeToTLS12: [UInt8] = [0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x01]
    /// The same for older versions.
    static let downgradeToTLS11: [UInt8] = [0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x00]

    let version: UInt16
    let random: [UInt8]
    let sessionID: [UInt8]
    let cipherSuite: UInt16
    let compressionMethod: UInt8
    let extensions: ExtensionBlock

    var isRetryRequest: Bool { random == ServerHello.retryRandom }

    /// Whether the random says that the server would have spoken a newer version.
    var signalsDowngrade: Bool {
        let end = Array(random.suffix(8))
        return end == ServerHello.downgradeToTLS12 || end == ServerHello.downgradeToTLS11
    }

    init(_ message: HandshakeMessage) throws(TLSError) {
        var reader = message.body
        version = try reader.uint16("ServerHello")
        random = try reader.opaque(32, "ServerHello")
        sessionID = try reader.opaque8("ServerHello", in: 0...32)
        cipherSuite = try reader.uint16("ServerHello")
        compressionMethod = try reader.uint8("ServerHello")
        extensions = reader.isAtEnd ? ExtensionBlock() : try ExtensionBlock(from: &reader)
        try reader.expectEnd("ServerHello")
    }

    /// The version of the supported_versions extension; nil without it, which means TLS 1.2 or older.
    func selectedVersion() throws(TLSError) -> UInt16? {
        guard var body = extensions[.supportedVersions] else { return nil }
        let version = try body.uint16("supported_versions")
        try body.expectEnd("supported_versions")
        return version
    }

    /// The key share of a ServerHello.
    func keyShare() throws(TLSError) -> ClientHello.KeyShare? {
        guard var body = extensions[.keyShare] else { return nil }
        let group = try body.uint16("key_share")
        let publicKey = try body.opaque16("key_share", minimum: 1)
        try body.expectEnd("key_share")
        return ClientHello.KeyShare(group: group, publicKey: publicKey)
    }

    /// The group a HelloRetryRequest asks for.
    func retryGroup() throws(TLSError) -> UInt16? {
        guard var body = extensions[.keyShare] else { return nil }
        let group = try body.uint16("key_share")
        try body.expectEnd("key_share")
        return group
    }

    /// The cookie of a HelloRetryRequest.
    func cookie() throws(TLSError) -> [UInt8]? {
        guard var body = extensions[.cookie] else { return nil }
        let cookie = try body.opaque16("cookie", minimum: 1)
        try body.expectEnd("cookie")
        return cookie
    }

    /// Which of the client's sessions the server goes on with.
    func selectedIdentity() throws(TLSError) -> UInt16? {
        guard var body = extensions[.preSharedKey] else { return nil }
        let index = try body.uint16("pre_shared_key")
        try body.expectEnd("pre_shared_key")
        return index
    }

    /// The message with these fields; `extensions` writes what lies behind their length.
    static func encode(
        random: [UInt8], sessionID: [UInt8], cipherSuite: CipherSuite, extensions: (inout ByteWriter) -> Void
    ) -> [UInt8] {
        HandshakeMessage.encode(.serverHello) { writer in
            writer.appendBigEndian(ProtocolVersion.tls12.rawValue)
            writer.append(random)
            writer.opaque(1, sessionID)
            writer.appendBigEndian(cipherSuite.rawValue)
            writer.append(0)
            writer.vector(2, extensions)
        }
    }
}
