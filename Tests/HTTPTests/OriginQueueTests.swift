import Runtime
import Simulation
import Testing

@testable import HTTP

@Suite struct OriginQueueTests {
    /// Keeps what happened in order. One world has one thread.
    private final class Diary: Sendable {
        private let lines = Guarded<[String]>([])
        func note(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    @Test func `turns come in order, and what waits too long or too many is told so`() throws {
        var limits = ClientLimits()
        limits.connectionsPerOrigin = 2
        limits.waitersPerOrigin = 3
        try World(seed: 1).run { [limits] doors in
            let queue = OriginQueue()
            let diary = Diary()
            let began = doors.clock.instant()
            @Sendable func exchange(_ name: String, patience: Int) async {
                do throws(ClientError) {
                    try await queue.enter(
                        "o", limits: limits, deadline: began.adding(seconds: patience), on: doors.scheduler)
                    await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 10))
                    queue.leave("o")
                    diary.note(name)
                } catch {
                    diary.note("\(name) \(error.reason)")
                }
            }
            for (name, patience) in [("a", 99), ("b", 99), ("c", 5), ("d", 99), ("e", 99), ("f", 99)] {
                doors.scheduler.spawn(on: 0) { await exchange(name, patience: patience) }
                await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 10))
            }
            await doors.scheduler.sleep(until: began.adding(seconds: 60))
            #expect(diary.all == ["f busy", "c deadlinePassed", "a", "b", "d", "e"])
            #expect(queue.openCount("o") == 0)
        }
    }

    @Test func `the client keeps to its limits`() throws {
        let world = World(seed: 2)
        world.network.localAddresses = [.v4(0x0a00_0005)]
        try world.run { doors in
            let server = Server(doors: doors) { _ in
                await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 1))
                return Response(status: 200)
            }
            server.start(try doors.network.listen(on: .ip(.v4(0x0a00_0005), port: 80)))
            var limits = ClientLimits()
            limits.connectionsPerOrigin = 2
            limits.waitersPerOrigin = 2
            let client = Client(doors: doors, limits: limits)
            let url = try #require(URL("http://10.0.0.5/"))
            let diary = Diary()
            for _ in 0..<5 {
                doors.scheduler.spawn(on: 0) {
                    do throws(ClientError) {
                        let answer = try await client.send(
                            ClientRequest(method: .get, url: url), deadline: doors.clock.instant().adding(seconds: 30))
                        diary.note("\(answer.status)")
                    } catch {
                        diary.note("\(error)")
                    }
                }
            }
            await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 500))
            #expect(server.openConnectionCount == 2)
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 10))
            #expect(diary.all.sorted() == ["200", "200", "200", "200", "notSent(HTTP.ClientError.Reason.busy)"])
            client.closeIdle()
        }
    }
}
