import Crypto
import Testing
import X509

@testable import TLS

/// Records, alone and in a connection: limits, empty ones, and what must not be where.
@Suite struct RecordTests {
    /// Keys that both ends of a test share.
    private func protection(_ suite: CipherSuite) -> RecordProtection {
        RecordProtection(
            suite, key: Secret([UInt8](repeating: 1, count: suite.keyByteCount)),
            iv: Secret(
                [UInt8](repeating: 2, count: suite.version == .tls13 || suite.aead == .chaCha20Poly1305 ? 12 : 4)))
    }

    /// What `receive` makes of `bytes` under the keys of `suite`.
    private func open(_ suite: CipherSuite, _ bytes: [UInt8]) throws(TLSError) -> (ContentType, [UInt8])? {
        var reader = RecordReader()
        reader.protect(with: protection(suite))
        reader.append(bytes)
        guard let record = try reader.next() else { return nil }
        return (record.type, Array(reader.bytes[record.content]))
    }

    @Test(arguments: CipherSuite.allCases, [0, 1, 15, 16, 17, 255, 16_384])
    func `what was sealed can be opened`(suite: CipherSuite, count: Int) throws {
        var writer = RecordWriter()
        writer.protect(with: protection(suite))
        let content = [UInt8](repeating: 7, count: count)
        writer.appendRecord(.applicationData, content[...])
        let bytes = writer.take()
        let opened = try #require(try open(suite, bytes))
        #expect(opened.0 == .applicationData)
        #expect(opened.1 == content)
        // RFC 8446 5.2 and RFC 5246 6.2.3.3: the header is authentic too, and so is every byte.
        for index in [0, 5, bytes.count / 2, bytes.count - 1] where index != 0 || suite.version == .tls12 {
            var changed = bytes
            changed[index] ^= 1
            #expect(throws: TLSError.self) { try open(suite, changed) }
        }
    }

    // RFC 5288 3: the explicit nonce is the sequence number.
    @Test func `the nonce on the wire counts records`() throws {
        var writer = RecordWriter()
        writer.protect(with: protection(.ecdheECDSAAES128GCMSHA256))
        for number in 0..<3 {
            writer.appendRecord(.applicationData, [1])
            #expect(Array(writer.take()[5..<13]) == [0, 0, 0, 0, 0, 0, 0, UInt8(number)])
        }
    }

    /// A record of TLS 1.3 with this inner plaintext.
    private func record(inner: [UInt8]) -> [UInt8] {
        let suite = CipherSuite.chaCha20Poly1305SHA256
        let header = RecordProtection.header(.applicationData, count: inner.count + 16)
        var additionalData: [UInt8] = []
        for index in header.indices { additionalData.append(header[index]) }
        let sealed = ChaCha20Poly1305.seal(
            inner, key: [UInt8](repeating: 1, count: suite.keyByteCount), nonce: [UInt8](repeating: 2, count: 12),
            additionalData: additionalData)
        return additionalData + sealed
    }

    // RFC 8446 5.4: zeros after the type are padding; without a type it is an unexpected_message.
    @Test func `padding is taken off`() throws {
        let suite = CipherSuite.chaCha20Poly1305SHA256
        let opened = try #require(try open(suite, record(inner: [1, 2, 0, 23] + [UInt8](repeating: 0, count: 300))))
        #expect(opened.1 == [1, 2, 0])
        for inner: [UInt8] in [[], [0], [UInt8](repeating: 0, count: 100), [1, 99], [1, 20]] {
            let error = #expect(throws: TLSError.self) { try open(suite, record(inner: inner)) }
            #expect(error?.alert == .unexpectedMessage)
        }
    }

    // RFC 8446 5.2: 2^14 + 1 bytes inside, 2^14 + 256 outside; RFC 8446 5.1: 2^14 in the clear.
    @Test func `a record that is too long is a record_overflow`() throws {
        let suite = CipherSuite.chaCha20Poly1305SHA256
        let full = [UInt8](repeating: 1, count: 16_384) + [23]
        #expect(try open(suite, record(inner: full))?.1.count == 16_384)
        for bytes in [record(inner: full + [0]), RecordTests.header(23, 16_384 + 257)] {
            let error = #expect(throws: TLSError.self) { try open(suite, bytes) }
            #expect(error?.alert == .recordOverflow)
        }
        // RFC 5246 6.2.3: 2^14 + 2048 in TLS 1.2.
        let old = CipherSuite.ecdheECDSAAES128GCMSHA256
        #expect(try open(old, RecordTests.header(23, 16_384 + 2048)) == nil)
        let error = #expect(throws: TLSError.self) { try open(old, RecordTests.header(23, 16_384 + 2049)) }
        #expect(error?.alert == .recordOverflow)
        var plain = RecordReader()
        plain.append(RecordTests.header(22, 16_385))
        let overflow: AlertDescription?
        do throws(TLSError) {
            _ = try plain.next()
            overflow = nil
        } catch {
            overflow = error.alert
        }
        #expect(overflow == .recordOverflow)
    }

    private static func header(_ type: UInt8, _ count: Int) -> [UInt8] {
        [type, 3, 3, UInt8(count >> 8), UInt8(count & 0xff)]
    }

    // RFC 8446 5.2: what does not open is a bad_record_mac; a fragment without room for a tag too.
    @Test(arguments: [0, 1, 15, 16, 40])
    func `what was not sealed is a bad_record_mac`(count: Int) {
        for suite in CipherSuite.allCases {
            let bytes = RecordTests.header(23, count) + [UInt8](repeating: 3, count: count)
            let error = #expect(throws: TLSError.self) { try open(suite, bytes) }
            #expect(error?.alert == .badRecordMAC)
        }
    }

    /// What a connection that waits for a hello says to `bytes`.
    private func alert(_ bytes: [UInt8]) throws -> AlertDescription? {
        var server = Connection(
            server: TestPeer.server(try TestPeer.key()), now: Loopback.now, random: testRandom(5))
        return Loopback.feed(&server, bytes)?.alert
    }

    // RFC 8446 5: what is not a record at all.
    @Test func `bytes that are no record are an unexpected_message`() throws {
        #expect(try alert(Array("GET / HTTP/1.1\r\n".utf8)) == .unexpectedMessage)
        #expect(try alert([0x80, 0x2e, 1, 3, 1]) == .unexpectedMessage)
        #expect(try alert([24, 3, 3, 0, 1]) == .unexpectedMessage)
    }

    // RFC 8446 5.1: no empty fragments of messages; 5.4: no empty alerts.
    @Test func `empty records are refused where they mean nothing`() throws {
        #expect(try alert([22, 3, 1, 0, 0]) == .unexpectedMessage)
        #expect(try alert([21, 3, 1, 0, 0]) == .unexpectedMessage)
        #expect(try alert([23, 3, 1, 0, 0]) == .unexpectedMessage)
        #expect(try alert([21, 3, 1, 0, 1, 2]) == .decodeError)
        #expect(try alert([21, 3, 1, 0, 3, 2, 10, 0]) == .decodeError)
    }

    // RFC 8446 5.1: nothing between the parts of a message.
    @Test func `messages are not interleaved`() throws {
        #expect(try alert([22, 3, 1, 0, 2, 1, 0, 20, 3, 3, 0, 1, 1]) == .unexpectedMessage)
        #expect(try alert([22, 3, 1, 0, 2, 1, 0, 23, 3, 3, 0, 1, 1]) == .unexpectedMessage)
    }

    @Test func `a message over the limit is refused by its header`() throws {
        #expect(try alert([22, 3, 1, 0, 4, 1, 1, 0, 1]) == .decodeError)
        #expect(try alert([22, 3, 1, 0, 4, 1, 1, 0, 0]) == nil)
    }

    // RFC 8446 6: the peer's error ends the connection, and nothing is sent back.
    @Test func `a received alert is told`() throws {
        var server = Connection(
            server: TestPeer.server(try TestPeer.key()), now: Loopback.now, random: testRandom(5))
        #expect(Loopback.feed(&server, [21, 3, 1, 0, 2, 2, 40]) == .received(.handshakeFailure))
        let hasOutput = server.hasOutput
        #expect(!hasOutput)
        #expect(Loopback.feed(&server, [1]) == .received(.handshakeFailure))
    }
}
