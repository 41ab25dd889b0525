import Bytes
import Crypto
import Testing
import X509

@testable import TLS

/// What a server makes of a client that breaks the protocol: the exact alert.
@Suite struct HostileClientTests {
    /// The parts of a hello that tests change.
    struct Hello {
        var version: UInt16 = 0x0303
        var random = [UInt8](repeating: 3, count: 32)
        var sessionID = [UInt8](repeating: 4, count: 32)
        var suites: [UInt16] = [0x1303, 0x1301]
        var compression: [UInt8] = [0]
        var extensions: [(UInt16, [UInt8])] = Hello.defaults
        var trailing: [UInt8] = []

        static let share: [UInt8] = [0, 29, 0, 32] + [UInt8](repeating: 9, count: 32)

        static let defaults: [(UInt16, [UInt8])] = [
            (0, [0, 15, 0, 0, 12] + Array("shop.example".utf8)),
            (10, [0, 2, 0, 29]),
            (13, [0, 2, 4, 3]),
            (16, [0, 9, 8] + Array("http/1.1".utf8)),
            (43, [2, 3, 4]),
            (45, [1, 1]),
            (51, [0, 36] + share),
        ]

        /// Puts another body in place of that of extension `type`, or adds it; nil takes it out.
        mutating func set(_ type: UInt16, _ body: [UInt8]?) {
            if let index = extensions.firstIndex(where: { $0.0 == type }) {
                if let body { extensions[index].1 = body } else { extensions.remove(at: index) }
            } else if let body {
                extensions.append((type, body))
            }
        }

        var message: [UInt8] {
            HandshakeMessage.encode(.clientHello) { writer in
                writer.appendBigEndian(version)
                writer.append(random)
                writer.opaque(1, sessionID)
                writer.vector(2) { list in for suite in suites { list.appendBigEndian(suite) } }
                writer.opaque(1, compression)
                writer.vector(2) { list in
                    for (type, body) in extensions {
                        list.appendBigEndian(type)
                        list.opaque(2, body)
                    }
                }
                writer.append(trailing)
            }
        }

        static func records(_ message: [UInt8]) -> [UInt8] {
            var writer = RecordWriter()
            writer.append(.handshake, message)
            return writer.take()
        }
    }

    private func server(
        _ configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws -> Connection {
        var configuration = TestPeer.server(try TestPeer.key())
        configure(&configuration)
        return Connection(server: configuration, now: Loopback.now, random: testRandom(5))
    }

    /// What the server says to a changed hello; nil when it goes on.
    private func alert(
        _ configure: (inout ServerConfiguration) -> Void = { _ in }, _ edit: (inout Hello) -> Void
    ) throws -> AlertDescription? {
        var server = try server(configure)
        var hello = Hello()
        edit(&hello)
        let error = Loopback.feed(&server, Hello.records(hello.message))
        if let error, let alert = error.alert {
            // The alert is the last thing in the output.
            #expect(server.takeOutput().suffix(7) == [21, 3, 3, 0, 2, 2, alert.rawValue])
        }
        return error?.alert
    }

    @Test func `the hello that is not changed is accepted`() throws {
        #expect(try alert { _ in } == nil)
    }

    // RFC 8446 4.1.2 and 4.2.1.
    @Test func `versions`() throws {
        // With supported_versions the old field means nothing.
        #expect(try alert { $0.version = 0x0301 } == nil)
        #expect(try alert { $0.set(43, [2, 3, 2]) } == .protocolVersion)
        #expect(try alert { $0.set(43, [4, 0x7f, 0x1c, 3, 4]) } == nil)
        #expect(
            try alert {
                $0.set(43, nil)
                $0.version = 0x0302
            } == .protocolVersion)
        #expect(try alert({ $0.maximumVersion = .tls12 }) { $0.set(43, [2, 3, 4]) } == .protocolVersion)
        #expect(try alert { $0.set(43, []) } == .decodeError)
        #expect(try alert { $0.set(43, [3, 3, 4, 3]) } == .decodeError)
    }

    // RFC 7507 3: the signal is an error when we speak something newer.
    @Test func `a fallback without need`() throws {
        #expect(
            try alert {
                $0.set(43, [2, 3, 3])
                $0.suites = [0xcca9, 0x5600]
            } == .inappropriateFallback)
        #expect(try alert { $0.suites = [0x1303, 0x5600] } == nil)
    }

    // RFC 8446 4.1.2: exactly the null compression in TLS 1.3.
    @Test func `compression is an illegal_parameter`() throws {
        #expect(try alert { $0.compression = [1, 0] } == .illegalParameter)
        #expect(try alert { $0.compression = [] } == .decodeError)
    }

    @Test func `nothing in common is a handshake_failure`() throws {
        #expect(try alert { $0.suites = [0x1304, 0x0005] } == .handshakeFailure)
        #expect(try alert { $0.set(10, [0, 2, 0, 24]) } == .handshakeFailure)
        #expect(try alert { $0.set(13, [0, 2, 8, 4]) } == .handshakeFailure)
    }

    // RFC 8446 9.2.
    @Test(arguments: [UInt16(10), 13, 51])
    func `a mandatory extension that is missing is a missing_extension`(type: UInt16) throws {
        #expect(try alert { $0.set(type, nil) } == .missingExtension)
    }

    // RFC 8446 4.2: no extension twice.
    @Test func `an extension that comes twice is an illegal_parameter`() throws {
        #expect(try alert { $0.extensions.append((10, [0, 2, 0, 29])) } == .illegalParameter)
        #expect(
            try alert {
                $0.extensions.append((0xfafa, []))
                $0.extensions.append((0xfafa, []))
            } == .illegalParameter)
    }

    // RFC 8446 4.1.2: extensions that are not known are skipped.
    @Test func `unknown extensions, suites and groups are skipped`() throws {
        #expect(
            try alert {
                $0.extensions.insert((0xfafa, [1, 2, 3]), at: 0)
                $0.suites.insert(0xfafa, at: 0)
                $0.set(10, [0, 4, 0xfa, 0xfa, 0, 29])
                $0.set(51, [0, 41, 0xfa, 0xfa, 0, 1, 0] + Hello.share)
            } == nil)
    }

    // RFC 8446 4.2.8.
    @Test func `key shares`() throws {
        #expect(try alert { $0.set(51, [0, 72] + Hello.share + Hello.share) } == .illegalParameter)
        #expect(try alert { $0.set(51, [0, 5, 0, 29, 0, 1, 9]) } == .illegalParameter)
        // Zero gives no secret (section 7.4.2).
        #expect(
            try alert { $0.set(51, [0, 36, 0, 29, 0, 32] + [UInt8](repeating: 0, count: 32)) } == .illegalParameter)
        #expect(try alert { $0.set(51, [0, 4, 0, 29, 0, 0]) } == .decodeError)
        // A point that is not on P-256.
        #expect(
            try alert {
                $0.set(10, [0, 2, 0, 23])
                $0.set(51, [0, 69, 0, 23, 0, 65, 4] + [UInt8](repeating: 1, count: 64))
            } == .illegalParameter)
        // None at all asks for a HelloRetryRequest.
        #expect(try alert { $0.set(51, [0, 0]) } == nil)
    }

    // RFC 7301 3.2: nothing in common is no_application_protocol.
    @Test func `application protocols`() throws {
        #expect(try alert { $0.set(16, [0, 3, 2] + Array("h2".utf8)) } == .noApplicationProtocol)
        #expect(try alert { $0.set(16, nil) } == nil)
        #expect(try alert { $0.set(16, [0, 0]) } == .decodeError)
        #expect(try alert { $0.set(16, [0, 1, 0]) } == .decodeError)
        #expect(try alert({ $0.applicationProtocols = [] }) { $0.set(16, [0, 3, 2] + Array("h2".utf8)) } == nil)
    }

    // RFC 6066 3.
    @Test func `server names`() throws {
        #expect(try alert { $0.set(0, [0, 0]) } == .decodeError)
        #expect(try alert { $0.set(0, [0, 4, 0, 0, 1, 0]) } == .illegalParameter)
        #expect(try alert { $0.set(0, [0, 8, 0, 0, 1, 97, 0, 0, 1, 98]) } == .illegalParameter)
        // A name nobody has gets the first identity.
        #expect(try alert { $0.set(0, [0, 4, 0, 0, 1, 97]) } == nil)
    }

    // RFC 8446 4.2.11 and 4.2.9.
    @Test func `sessions`() throws {
        let key: [UInt8] = [0, 7, 0, 1, 1, 0, 0, 0, 0, 0, 33, 32] + [UInt8](repeating: 0, count: 32)
        #expect(try alert { $0.set(41, key) } == nil)
        #expect(try alert { $0.extensions.insert((41, key), at: 0) } == .illegalParameter)
        #expect(
            try alert {
                $0.set(41, key)
                $0.set(45, nil)
            } == .missingExtension)
        #expect(try alert { $0.set(41, [0, 0, 0, 0]) } == .decodeError)
        let two: [UInt8] =
            [0, 14, 0, 1, 1, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 33, 32] + [UInt8](repeating: 0, count: 32)
        #expect(try alert { $0.set(41, two) } == .illegalParameter)
    }

    @Test func `bytes behind the last field are a decode_error`() throws {
        #expect(try alert { $0.trailing = [0] } == .decodeError)
        #expect(try alert { $0.sessionID = [UInt8](repeating: 0, count: 33) } == .decodeError)
        for type: UInt16 in [0, 10, 13, 16, 43, 45, 51] {
            let found = try alert { hello in
                let body = hello.extensions.first { $0.0 == type }?.1 ?? []
                hello.set(type, body + [0])
            }
            #expect(found == .decodeError)
        }
    }

    // RFC 8446 4: what a server never expects.
    @Test(arguments: [UInt8(0), 2, 4, 8, 11, 15, 16, 20, 24, 254])
    func `another message in place of the hello is unexpected`(type: UInt8) throws {
        var server = try server()
        let error = Loopback.feed(&server, Hello.records([type, 0, 0, 1, 0]))
        #expect(error?.alert == .unexpectedMessage)
    }

    // RFC 8446 4.1.2: the second hello is the first, but for what was asked for.
    @Test func `the second hello must fit the first`() throws {
        func second(_ edit: (inout Hello) -> Void) throws -> AlertDescription? {
            var server = try server()
            var hello = Hello()
            hello.set(51, [0, 0])
            #expect(Loopback.feed(&server, Hello.records(hello.message)) == nil)
            let request = try ServerHello(ScriptedServer.message(server.takeOutput()))
            #expect(request.isRetryRequest)
            #expect(try request.retryGroup() == 29)
            hello.set(51, [0, 36] + Hello.share)
            edit(&hello)
            return Loopback.feed(&server, Hello.records(hello.message))?.alert
        }
        #expect(try second { _ in } == nil)
        #expect(try second { $0.set(21, [0, 0, 0]) } == nil)
        #expect(try second { $0.random[0] ^= 1 } == .illegalParameter)
        #expect(try second { $0.suites = [0x1303] } == .illegalParameter)
        #expect(try second { $0.set(13, [0, 4, 4, 3, 8, 4]) } == .illegalParameter)
        #expect(try second { $0.set(42, []) } == .illegalParameter)
        #expect(try second { $0.set(44, [0, 1, 1]) } == .illegalParameter)
        #expect(try second { $0.set(51, [0, 0]) } == .illegalParameter)
        #expect(try second { $0.set(51, [0, 41, 0, 23, 0, 1, 4] + Hello.share) } == .illegalParameter)
    }

    // RFC 8446 5: no change_cipher_spec before the hello.
    @Test func `change_cipher_spec before the hello is unexpected`() throws {
        var server = try server()
        #expect(Loopback.feed(&server, [20, 3, 3, 0, 1, 1])?.alert == .unexpectedMessage)
    }
}
