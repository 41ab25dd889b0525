import Runtime
import Simulation
import Testing

@testable import HTTP

@Suite struct ConnectionRaceTests {
    private static let short = [IPAddress.v4(0x0a00_0001), .v4(0x0a00_0002), .v4(0x0a00_0003)]
    private static let long = IPAddress.v6(high: 0x2001_0db8_0000_0000, low: 1)

    /// Races to `addresses`, of which those of `open` take connections; answers the winner, how long it took, and
    /// how many streams are open two seconds after.
    private static func race(
        _ addresses: [IPAddress], open: [IPAddress], seconds: Int = 10,
        script: @escaping @Sendable (ConnectionAttempt) -> ConnectionFault?
    ) throws -> (winner: SocketAddress?, failure: NetworkError?, milliseconds: UInt64, openStreams: Int) {
        let world = World(seed: 1)
        world.network.localAddresses = addresses
        world.network.script = script
        let found = try world.run { doors in
            for address in open {
                try doors.network.listen(on: .ip(address, port: 443)).start(limit: 10) { stream in
                    var bytes: [UInt8] = []
                    _ = try? await stream.receive(
                        into: &bytes, limit: 1, deadline: doors.clock.instant().adding(seconds: 60))
                }
            }
            let began = doors.clock.instant()
            let race = ConnectionRace(doors: doors, limits: ClientLimits())
            let outcome = await race.run(addresses, port: 443, deadline: began.adding(seconds: seconds))
            let milliseconds = doors.clock.instant().nanoseconds(since: began) / 1_000_000
            switch outcome {
            case .connected(let stream, let address):
                await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 8))
                defer { stream.close() }
                let openStreams = (doors.network as? SimulatedNetwork)?.openStreamCount ?? -1
                return (address as SocketAddress?, nil as NetworkError?, milliseconds, openStreams)
            case .failed(let failure, let address): return (address, failure, milliseconds, 0)
            }
        }
        return (found.0, found.1, found.2, found.3)
    }

    @Test func `both families take turns, the long one first`() {
        let other = IPAddress.v6(high: 1, low: 2)
        let ordered = ConnectionRace.order([Self.short[0], Self.short[1], Self.short[2], Self.long, other])
        #expect(ordered == [Self.long, Self.short[0], other, Self.short[1], Self.short[2]])
        #expect(ConnectionRace.order([]).isEmpty)
    }

    @Test func `a silent address costs a quarter of a second`() throws {
        let found = try Self.race([Self.short[0], Self.long], open: Self.short + [Self.long]) {
            $0.address == .ip(Self.long, port: 443) ? .timeOut : nil
        }
        #expect(found.winner == .ip(Self.short[0], port: 443))
        #expect((250..<400).contains(found.milliseconds))
        #expect(found.openStreams == 2)
    }

    @Test func `an address that refuses costs nothing`() throws {
        let found = try Self.race([Self.short[0], Self.long], open: Self.short + [Self.long]) {
            $0.address == .ip(Self.long, port: 443) ? .refuse : nil
        }
        #expect(found.winner == .ip(Self.short[0], port: 443))
        #expect(found.milliseconds < 150)
    }

    @Test func `the first that answers wins`() throws {
        let found = try Self.race([Self.short[0], Self.long], open: Self.short + [Self.long]) { _ in nil }
        #expect(found.winner == .ip(Self.long, port: 443))
        #expect(found.openStreams == 2)
    }

    @Test func `when all refuse the race is over at once`() throws {
        let found = try Self.race(Self.short, open: []) { _ in nil }
        #expect(found.failure == .refused)
        #expect(found.milliseconds < 500)
    }

    @Test func `when all are silent the deadline ends it`() throws {
        let found = try Self.race(Self.short, open: [], seconds: 2) { _ in .timeOut }
        #expect(found.failure == .deadlinePassed)
        #expect((1999...2001).contains(found.milliseconds))
    }
}
