import Bytes
import Runtime
import Testing

@testable import Platform

@Suite struct DNSMessageTests {
    private static let name = "Shop.example.com"

    /// An answer with an alias and two addresses, its names compressed.
    private static func message(type: DNSRecordType = .a, flags: UInt16 = 0x8180) throws -> [UInt8] {
        let query = try #require(DNSMessage.query(id: 0x1234, name: name, type: type))
        var writer = ByteWriter()
        writer.appendBigEndian(0x1234 as UInt16)
        writer.appendBigEndian(flags)
        writer.append([0, 1, 0, 3, 0, 0, 0, 0])
        writer.append(query[12...])
        // shop.example.com is an alias of web.example.com; "example.com" stands at 17.
        writer.append([0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 6, 3])
        writer.append("web")
        writer.append([0xc0, 17])
        let alias = UInt8(writer.count - 6)
        for last in [1, 2] as [UInt8] {
            writer.append([0xc0, alias])
            writer.appendBigEndian(type.rawValue)
            writer.append([0, 1, 0, 0, 0, 30])
            if type == .a {
                writer.append([0, 4, 192, 0, 2, last])
            } else {
                writer.append([0, 16, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last])
            }
        }
        return writer.bytes
    }

    private static func read(_ bytes: [UInt8], type: DNSRecordType = .a) throws(DNSError) -> DNSAnswer {
        try DNSMessage.answer(in: bytes, id: 0x1234, name: name, type: type)
    }

    @Test func `an alias leads to the addresses, with the shortest life`() throws {
        let answer = try Self.read(Self.message())
        #expect(answer == DNSAnswer(addresses: [.v4(0xc000_0201), .v4(0xc000_0202)], timeToLiveSeconds: 30))
        let long = try Self.read(Self.message(type: .aaaa), type: .aaaa)
        #expect(long.addresses.map(\.description) == ["2001:db8::1", "2001:db8::2"])
    }

    @Test(
        arguments: [
            (0x8183, DNSError.nameNotFound(timeToLiveSeconds: 0)), (0x8182, .serverFailure), (0x8380, .truncated),
            (0x0100, .unrelated),
        ] as [(UInt16, DNSError)])
    func `what the head says is an error`(flags: UInt16, error: DNSError) throws {
        let message = try Self.message(flags: flags)
        #expect(throws: error) { try Self.read(message) }
    }

    /// An answer without addresses whose authority section holds the start of the zone.
    private static func absence(flags: UInt16, life: UInt16, minimum: UInt16) throws -> [UInt8] {
        let query = try #require(DNSMessage.query(id: 0x1234, name: name, type: .a))
        var writer = ByteWriter()
        writer.appendBigEndian(0x1234 as UInt16)
        writer.appendBigEndian(flags)
        writer.append([0, 1, 0, 0, 0, 1, 0, 0])
        writer.append(query[12...])
        writer.append([0xc0, 17, 0, 6, 0, 1, 0, 0])
        writer.appendBigEndian(life)
        writer.append([0, 24, 0xc0, 17, 0xc0, 17] + Array(repeating: 0, count: 18))
        writer.appendBigEndian(minimum)
        return writer.bytes
    }

    @Test(arguments: [(300, 60, 60), (30, 60, 30), (0, 60, 0)] as [(UInt16, UInt16, UInt32)])
    func `an absence holds as long as the zone says`(life: UInt16, minimum: UInt16, seconds: UInt32) throws {
        let none = try Self.absence(flags: 0x8180, life: life, minimum: minimum)
        #expect(try Self.read(none) == DNSAnswer(addresses: [], timeToLiveSeconds: seconds))
        let missing = try Self.absence(flags: 0x8183, life: life, minimum: minimum)
        #expect(throws: DNSError.nameNotFound(timeToLiveSeconds: seconds)) { try Self.read(missing) }
    }

    @Test func `answers to other questions are unrelated`() throws {
        let message = try Self.message()
        #expect(throws: DNSError.unrelated) {
            try DNSMessage.answer(in: message, id: 1, name: Self.name, type: .a)
        }
        #expect(throws: DNSError.unrelated) {
            try DNSMessage.answer(in: message, id: 0x1234, name: "shop.example.org", type: .a)
        }
        #expect(throws: DNSError.unrelated) { try Self.read(message, type: .aaaa) }
    }

    @Test func `a record of another name is not taken`() throws {
        var message = try Self.message()
        // Both addresses now belong to example.com.
        message[message.count - 15] = 17
        message[message.count - 31] = 17
        #expect(try Self.read(message) == DNSAnswer(addresses: [], timeToLiveSeconds: 0))
    }

    @Test func `pointers in a circle are refused`() throws {
        var message = try Self.message()
        let owner = message.count - 16
        message[owner + 1] = UInt8(owner)
        #expect(throws: DNSError.malformed) { try Self.read(message) }
    }

    @Test func `every truncation is refused`() throws {
        let message = try Self.message()
        for count in 0..<message.count {
            #expect(throws: DNSError.malformed) { try Self.read(Array(message[..<count])) }
        }
    }

    @Test func `no mutation traps`() throws {
        let messages = [try Self.message(), try Self.message(type: .aaaa)]
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        var goodCount = 0
        for _ in 0..<100_000 {
            var message = messages[random(2)]
            for _ in 0...random(3) { message[12 + random(message.count - 12)] = UInt8(random(256)) }
            if (try? Self.read(message)) != nil { goodCount += 1 }
        }
        #expect(goodCount > 0)
    }

    @Test(arguments: ["", ".", "a..b", "a b", "-.é", String(repeating: "a", count: 64), "a/b"])
    func `what is no host name makes no query`(name: String) {
        #expect(DNSMessage.query(id: 1, name: name, type: .a) == nil)
    }
}
