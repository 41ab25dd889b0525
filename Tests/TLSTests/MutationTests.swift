import Crypto
import Testing
import X509

@testable import TLS

/// Bytes that were changed on their way: nothing traps, nothing grows, and nobody believes them.
@Suite struct MutationTests {
    /// A generator of changes that gives the same ones in every run.
    private struct Changes {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(max(1, bound)))
        }

        /// `bytes` with something flipped, cut, doubled, put in or taken out.
        mutating func change(_ bytes: [UInt8]) -> [UInt8] {
            guard !bytes.isEmpty else { return bytes }
            var bytes = bytes
            let index = next(bytes.count)
            switch next(6) {
            case 0: bytes[index] ^= 1 << UInt8(next(8))
            case 1: bytes[index] = [0, 1, 0x7f, 0x80, 0xff][next(5)]
            case 2: bytes.removeSubrange(index..<min(bytes.count, index + 1 + next(8)))
            case 3: bytes.insert(contentsOf: (0...next(8)).map { UInt8($0) }, at: index)
            case 4: bytes.removeLast(bytes.count - index)
            default: bytes.append(contentsOf: bytes[index...])
            }
            return bytes
        }
    }

    @Test func `changed hellos end in an alert or are answered`() throws {
        let key = try TestPeer.key()
        let configuration = TestPeer.server(key, tickets: TicketKeys())
        let first = Loopback(TestPeer.client(key.publicKey), configuration)
        first.run()
        let client = TestPeer.client(key.publicKey)
        let hello = ClientBox(client, session: first.takeSession()).output()
        var changes = Changes(state: 1)
        for _ in 0..<200 {
            // Behind the record's header, so that the message is what is read.
            var message = changes.change(Array(hello[5...]))
            if message.count >= 4 {
                message[1] = 0
                message[2] = UInt8(truncatingIfNeeded: (message.count - 4) >> 8)
                message[3] = UInt8(truncatingIfNeeded: message.count - 4)
            }
            var server = Connection(server: configuration, now: Loopback.now, random: testRandom(2))
            var writer = RecordWriter()
            writer.append(.handshake, message)
            let error = Loopback.feed(&server, writer.take())
            #expect(error == nil || error?.alert != nil)
            #expect(error?.alert != .internalError)
            let isEstablished = server.isEstablished
            #expect(!isEstablished)
        }
    }

    @Test func `a changed flight of the server is never believed`() throws {
        let key = try TestPeer.key()
        var changes = Changes(state: 2)
        let configuration = TestPeer.client(key.publicKey)
        let server = ScriptedServer(key)
        let answer = try server.answer(ClientBox(configuration).output())
        for _ in 0..<80 {
            let changed = changes.change(answer)
            guard changed.prefix(answer.count) != answer[...] else { continue }
            let client = ClientBox(configuration)
            _ = client.output()
            let error = client.feed(changed)
            #expect(!client.isEstablished)
            #expect(error?.alert != .internalError)
        }
    }

    @Test func `changed messages under the keys are never believed`() throws {
        let key = try TestPeer.key()
        let configuration = TestPeer.client(key.publicKey)
        let types: [HandshakeType] = [.encryptedExtensions, .certificate, .certificateVerify, .finished]
        let changes = ChangeBox(state: 3)
        for round in 0..<80 {
            let wasChanged = ChangeBox(state: 0)
            let server = ScriptedServer(key) { type, message in
                guard type == types[round % 4] else { return message }
                let changed = changes.change(message)
                if changed != message { wasChanged.count += 1 }
                return changed
            }
            let client = ClientBox(configuration)
            let error = client.feed(try server.answer(client.output()))
            // The script signs what it sends, so a change that is still a message it could have sent is its own.
            if round % 4 > 1, wasChanged.count > 0 { #expect(!client.isEstablished) }
            #expect(error?.alert != .internalError)
        }
    }

    @Test func `changed records of data are a bad_record_mac or no record`() throws {
        let key = try TestPeer.key()
        var changes = Changes(state: 4)
        for _ in 0..<60 {
            let client = ClientBox(TestPeer.client(key.publicKey))
            let server = ScriptedServer(key)
            #expect(client.feed(try server.answer(client.output())) == nil)
            let record = server.record(.applicationData, [UInt8](repeating: 1, count: 50))
            let changed = changes.change(record)
            guard changed.prefix(record.count) != record[...] else { continue }
            let alert = client.feed(changed)?.alert
            #expect(client.take() == [])
            let expected: [AlertDescription?] = [nil, .badRecordMAC, .unexpectedMessage, .recordOverflow]
            #expect(expected.contains(alert))
        }
    }

    /// Changes that closures share.
    private final class ChangeBox {
        private var changes: Changes
        var count = 0

        init(state: UInt64) { changes = Changes(state: state) }

        func change(_ bytes: [UInt8]) -> [UInt8] { changes.change(bytes) }
    }

    // RFC 8446 4.2.10: early data is skipped, up to a limit.
    @Test func `early data is skipped and not read`() throws {
        let key = try TestPeer.key()
        var hello = HostileClientTests.Hello()
        hello.extensions.append((42, []))
        func alert(_ recordCount: Int, after: [UInt8]) throws -> AlertDescription? {
            var server = Connection(server: TestPeer.server(key), now: Loopback.now, random: testRandom(5))
            #expect(Loopback.feed(&server, HostileClientTests.Hello.records(hello.message)) == nil)
            let junk = RecordProtection.header(.applicationData, count: 16_384)
            var record: [UInt8] = []
            for index in junk.indices { record.append(junk[index]) }
            record += [UInt8](repeating: 9, count: 16_384)
            for _ in 0..<recordCount {
                if let error = Loopback.feed(&server, record) { return error.alert }
            }
            return Loopback.feed(&server, after)?.alert
        }
        #expect(try alert(4, after: []) == nil)
        #expect(try alert(5, after: []) == .badRecordMAC)
        // A client that has not offered any gets no such patience.
        hello.extensions.removeLast()
        #expect(try alert(1, after: []) == .badRecordMAC)
        // In front of a second hello it is skipped too.
        hello.extensions.append((42, []))
        hello.set(51, [0, 0])
        #expect(try alert(3, after: []) == nil)
        hello.extensions.removeLast()
        #expect(try alert(1, after: []) == .unexpectedMessage)
    }
}
