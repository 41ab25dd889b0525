import Bytes
import Crypto
import Testing
import X509

@testable import TLS

/// What a client makes of a server that breaks the protocol: the exact alert.
@Suite struct HostileServerTests {
    /// The alert with which a client stops a server whose messages `edit` has changed.
    private func alert(
        _ configure: (inout ClientConfiguration) -> Void = { _ in }, name: ServerName = .dns("shop.example"),
        now: Int64 = Loopback.now, _ edit: @escaping ScriptedServer.Edit
    ) throws -> AlertDescription? {
        let key = try TestPeer.key()
        var configuration = TestPeer.client(key.publicKey)
        configure(&configuration)
        var client = Connection(client: configuration, name: name, now: now, random: testRandom(1))
        let server = ScriptedServer(key, edit: edit)
        let error = Loopback.feed(&client, try server.answer(client.takeOutput()))
        #expect(!client.isEstablished || error == nil)
        return error?.alert
    }

    private static func flipLast(_ message: [UInt8]) -> [UInt8] {
        var message = message
        message[message.count - 1] ^= 1
        return message
    }

    /// `message` with other extensions behind its first `prefix` bytes.
    private static func hello(_ message: [UInt8], _ extensions: (inout ByteWriter) -> Void) -> [UInt8] {
        // Header, version, random, session ID of 32 bytes, suite, compression.
        var writer = ByteWriter()
        writer.append(message[4..<(4 + 2 + 32 + 33 + 3)])
        writer.vector(2, extensions)
        return HandshakeMessage.encode(.serverHello) { $0.append(writer.bytes) }
    }

    @Test func `an honest server is accepted`() throws {
        #expect(try alert { $1 } == nil)
    }

    // RFC 8446 4.4.4: recipients MUST verify the Finished and otherwise send decrypt_error.
    @Test func `a wrong Finished is a decrypt_error`() throws {
        #expect(try alert { $0 == .finished ? HostileServerTests.flipLast($1) : $1 } == .decryptError)
        #expect(
            try alert { $0 == .finished ? HandshakeMessage.encode(.finished) { $0.append([1]) } : $1 } == .decryptError)
    }

    // RFC 8446 4.4.3: a signature that does not verify is a decrypt_error.
    @Test func `a wrong signature is a decrypt_error`() throws {
        #expect(try alert { $0 == .certificateVerify ? HostileServerTests.flipLast($1) : $1 } == .decryptError)
    }

    // RFC 8446 4.4.3: PKCS #1 must not sign a handshake; nor any scheme that was not offered.
    @Test(arguments: [UInt16(0x0401), 0x0201, 0x0503, 0x0804])
    func `a scheme that is not for this key is an illegal_parameter`(scheme: UInt16) throws {
        let found = try alert { type, message in
            guard type == .certificateVerify else { return message }
            return HandshakeMessage.encode(.certificateVerify) { writer in
                writer.appendBigEndian(scheme)
                writer.opaque(2, [1, 2, 3])
            }
        }
        #expect(found == .illegalParameter)
    }

    @Test func `certificates for another name, out of time or from strangers are refused`() throws {
        #expect(try alert(name: .dns("other.example")) { $1 } == .certificateUnknown)
        #expect(try alert(now: Loopback.now + 100_000) { $1 } == .certificateExpired)
        let stranger = try alert { type, message in
            guard type == .certificate else { return message }
            return HandshakeMessage.encode(.certificate) { writer in
                writer.opaque(1, [])
                writer.vector(3) { list in
                    list.opaque(3, [1, 2, 3])
                    list.vector(2) { _ in }
                }
            }
        }
        #expect(stranger == .unknownAuthority)
    }

    // RFC 8446 4.4.2.4: an empty chain is a decode_error; 4.4.2: the context is empty.
    @Test func `a chain without certificates, or with a context, is refused`() throws {
        let empty = try alert { type, message in
            guard type == .certificate else { return message }
            return HandshakeMessage.encode(.certificate) { writer in
                writer.opaque(1, [])
                writer.vector(3) { _ in }
            }
        }
        #expect(empty == .decodeError)
        let context = try alert { type, message in
            guard type == .certificate else { return message }
            return HandshakeMessage.encode(.certificate) { writer in
                writer.opaque(1, [9])
                writer.vector(3) { $0.opaque(3, [1]) }
            }
        }
        #expect(context == .illegalParameter)
    }

    // RFC 8446 4: out of order is an unexpected_message.
    @Test(arguments: [HandshakeType.encryptedExtensions, .certificate, .certificateVerify])
    func `a message that is left out makes the next one unexpected`(type: HandshakeType) throws {
        #expect(try alert { $0 == type ? nil : $1 } == .unexpectedMessage)
    }

    @Test(arguments: [UInt8(0), 1, 2, 4, 5, 12, 14, 16, 22, 24, 99, 254])
    func `no other message stands in for one of the flight`(number: UInt8) throws {
        for type in [HandshakeType.encryptedExtensions, .certificate, .certificateVerify, .finished] {
            #expect(try alert { $0 == type ? [number, 0, 0, 1, 0] : $1 } == .unexpectedMessage)
        }
    }

    // RFC 8446 4.2: an extension nobody asked for, one in the wrong message, one twice.
    @Test func `extensions must belong where they are`() throws {
        func extensions(_ body: @escaping (inout ByteWriter) -> Void) throws -> AlertDescription? {
            try alert { type, message in
                guard type == .encryptedExtensions else { return message }
                return HandshakeMessage.encode(.encryptedExtensions) { $0.vector(2, body) }
            }
        }
        #expect(try extensions { $0.extension(.earlyData) } == .unsupportedExtension)
        #expect(try extensions { $0.extension(.keyShare) } == .illegalParameter)
        #expect(
            try extensions { writer in
                writer.extension(.serverName)
                writer.extension(.serverName)
            } == .illegalParameter)
        #expect(try extensions { $0.extension(.serverName) { $0.append(1) } } == .decodeError)
        // RFC 7301 3.1: one protocol, and one that was offered.
        #expect(
            try extensions { writer in
                writer.extension(.applicationProtocols) { $0.vector(2) { $0.opaque(1, Array("h2".utf8)) } }
            } == .illegalParameter)
        #expect(
            try extensions { writer in
                writer.extension(.applicationProtocols) { body in
                    body.vector(2) { list in
                        list.opaque(1, Array("http/1.1".utf8))
                        list.opaque(1, Array("http/1.1".utf8))
                    }
                }
            } == .decodeError)
    }

    // RFC 8446 4.1.3 and 4.2.8: what a ServerHello may choose.
    @Test func `a ServerHello chooses among what was offered`() throws {
        func hello(_ extensions: @escaping (inout ByteWriter) -> Void) throws -> AlertDescription? {
            try alert { $0 == .serverHello ? HostileServerTests.hello($1, extensions) : $1 }
        }
        func edited(_ offset: Int, _ value: UInt8) throws -> AlertDescription? {
            try alert { type, message in
                guard type == .serverHello else { return message }
                var message = message
                message[offset] = value
                return message
            }
        }
        let version: (inout ByteWriter) -> Void = {
            $0.extension(.supportedVersions) { $0.appendBigEndian(UInt16(0x0304)) }
        }
        // The session ID must come back.
        #expect(try edited(4 + 2 + 32 + 1, 0xee) == .illegalParameter)
        // A suite that does not exist, and one of TLS 1.2.
        #expect(try edited(4 + 2 + 32 + 33 + 1, 0x09) == .illegalParameter)
        #expect(try edited(4 + 2 + 32 + 33 + 2, 1) == .illegalParameter)
        #expect(try edited(4, 2) == .illegalParameter)
        #expect(
            try hello { $0.extension(.supportedVersions) { $0.appendBigEndian(UInt16(0x0303)) } } == .illegalParameter)
        #expect(try hello(version) == .missingExtension)
        // A group that was not offered, a key of the wrong length, a key that gives no secret.
        for (group, key) in [
            (UInt16(30), [UInt8](repeating: 1, count: 56)), (29, [1]), (29, [UInt8](repeating: 0, count: 32)),
        ] {
            let found = try hello { writer in
                version(&writer)
                writer.extension(.keyShare) { body in
                    body.appendBigEndian(group)
                    body.opaque(2, key)
                }
            }
            #expect(found == .illegalParameter)
        }
        // A session nobody offered.
        let session = try hello { writer in
            version(&writer)
            writer.extension(.preSharedKey) { $0.appendBigEndian(UInt16(0)) }
        }
        #expect(session == .unsupportedExtension)
    }

    // RFC 8446 4.1.3: the end of the random says that somebody has lowered the version.
    @Test(arguments: [UInt8(0), 1])
    func `a downgrade is noticed`(last: UInt8) throws {
        let found = try alert { type, message in
            guard type == .serverHello else { return message }
            return HandshakeMessage.encode(.serverHello) { writer in
                writer.appendBigEndian(UInt16(0x0303))
                writer.append([UInt8](repeating: 1, count: 24) + Array("DOWNGRD".utf8) + [last])
                writer.opaque(1, [])
                writer.appendBigEndian(CipherSuite.ecdheECDSAChaCha20Poly1305SHA256.rawValue)
                writer.append(0)
            }
        }
        #expect(found == .illegalParameter)
    }

    @Test func `an older version is a protocol_version`() throws {
        let found = try alert { type, message in
            guard type == .serverHello else { return message }
            return HandshakeMessage.encode(.serverHello) { writer in
                writer.appendBigEndian(UInt16(0x0302))
                writer.append([UInt8](repeating: 1, count: 32))
                writer.opaque(1, [])
                writer.appendBigEndian(UInt16(0xc013))
                writer.append(0)
            }
        }
        #expect(found == .protocolVersion)
    }

    // RFC 8446 4.1.4: a HelloRetryRequest must change something, ask for what was offered, and come once.
    @Test func `a HelloRetryRequest is checked`() throws {
        func retry(
            _ configure: (inout ClientConfiguration) -> Void = { _ in },
            _ extensions: @escaping (inout ByteWriter) -> Void
        ) throws -> AlertDescription? {
            try alert(configure) { type, message in
                guard type == .serverHello else { return message }
                var message = HostileServerTests.hello(message) { writer in
                    writer.extension(.supportedVersions) { $0.appendBigEndian(UInt16(0x0304)) }
                    extensions(&writer)
                }
                message.replaceSubrange(6..<38, with: ServerHello.retryRandom)
                return message + message
            }
        }
        #expect(try retry { _ in } == .illegalParameter)
        // A group whose key was sent, and one that was not offered.
        #expect(try retry { $0.extension(.keyShare) { $0.appendBigEndian(UInt16(29)) } } == .illegalParameter)
        #expect(try retry { $0.extension(.keyShare) { $0.appendBigEndian(UInt16(24)) } } == .illegalParameter)
        #expect(try retry { $0.extension(.serverName) } == .illegalParameter)
        #expect(try retry { $0.extension(.cookie) { $0.opaque(2, []) } } == .decodeError)
        // The second one.
        #expect(try retry { $0.extension(.cookie) { $0.opaque(2, [1]) } } == .unexpectedMessage)
    }

    // RFC 8446 4.3.2: a client without a certificate says so.
    @Test func `a request for a certificate is answered with none`() throws {
        let request = HandshakeMessage.encode(.certificateRequest) { writer in
            writer.opaque(1, [])
            writer.vector(2) { list in
                list.extension(.signatureAlgorithms) { $0.vector(2) { $0.appendBigEndian(UInt16(0x0403)) } }
            }
        }
        #expect(try alert { $0 == .encryptedExtensions ? $1 + request : $1 } == nil)
        let bare = HandshakeMessage.encode(.certificateRequest) { writer in
            writer.opaque(1, [])
            writer.vector(2) { _ in }
        }
        #expect(try alert { $0 == .encryptedExtensions ? $1 + bare : $1 } == .missingExtension)
        #expect(try alert { $0 == .encryptedExtensions ? $1 + request + request : $1 } == .unexpectedMessage)
    }
}
