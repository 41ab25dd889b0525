import HTTP
import HTTPS
import Runtime
import Simulation
import TLS
import Testing

@Suite struct TLSServerTests {
    /// Sends `bytes` to the port of TLS and answers all that comes back.
    private static func exchange(_ doors: Doors, _ bytes: [UInt8]) async throws -> [UInt8] {
        let stream = try await doors.network.connect(
            to: .ip(SecureWorld.address, port: 443), deadline: SecureWorld.deadline(doors))
        defer { stream.close() }
        try await stream.send(bytes, deadline: SecureWorld.deadline(doors))
        var answer: [UInt8] = []
        while try await stream.receive(into: &answer, limit: 4096, deadline: SecureWorld.deadline(doors)) > 0 {}
        return answer
    }

    @Test func `plain HTTP is told to use https, and nonsense gets an alert`() throws {
        let secure = try SecureWorld()
        let keeper = try secure.keeper([secure.writePair("shop")])
        try secure.world.run { doors in
            let server = try SecureWorld.serve(doors, keeper.server)
            let text = try await Self.exchange(doors, Array("GET /checkout HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            #expect(text.starts(with: Array("HTTP/1.1 400 Bad Request\r\n".utf8)))
            #expect(String(decoding: text, as: UTF8.self).contains("https://"))
            let alert = try await Self.exchange(doors, [0x16, 3, 1, 0, 4, 1, 0, 0, 0])
            #expect(alert.first == 0x15)
            await server.stop(withinSeconds: 1)
        }
    }

    @Test func `silent peers are bounded and cut off`() throws {
        let secure = try SecureWorld()
        let keeper = try secure.keeper([secure.writePair("shop")])
        let transport = try secure.transport()
        let network = secure.world.network
        try secure.world.run { doors in
            let server = try SecureWorld.serve(doors, keeper.server)
            let attacker = IPAddress.v4(0xc000_0207)
            var streams: [any ByteStream] = []
            for _ in 0..<200 {
                streams.append(
                    try await network.connect(
                        from: attacker, to: .ip(SecureWorld.address, port: 443), deadline: SecureWorld.deadline(doors)))
            }
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 1))
            #expect(keeper.server.handshakeCount == 128)
            // Others are served meanwhile.
            let client = Client(doors: doors, transport: transport)
            #expect(try await SecureWorld.get(client, doors).status == 200)
            client.closeIdle()
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 11))
            #expect(keeper.server.handshakeCount == 0)
            #expect(server.openConnectionCount == 0)
            for stream in streams { stream.close() }
        }
    }
}
