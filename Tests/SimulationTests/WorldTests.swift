import Runtime
import Simulation
import Testing

@Suite struct WorldTests {
    /// A little of everything: tasks, timers, a worker, streams, files.
    private static func busyRun(seed: UInt64) throws -> (hash: UInt64, order: [Int]) {
        let world = World(seed: seed)
        let order = Guarded<[Int]>([])
        try world.run { doors in
            let deadline = doors.clock.instant().adding(seconds: 10)
            let listener = try doors.network.listen(on: .ip(.v4(0x7f00_0001), port: 80))
            listener.start(limit: 10) { stream in
                var bytes: [UInt8] = []
                while let count = try? await stream.receive(into: &bytes, limit: 100, deadline: deadline), count > 0 {}
                try? await stream.send(bytes, deadline: deadline)
            }
            let done = WakeSignal()
            let remaining = Guarded(4)
            for number in 0..<4 {
                doors.scheduler.spawn(on: number) {
                    if let stream = try? await doors.network.connect(to: listener.address, deadline: deadline) {
                        try? await stream.send(doors.entropy.bytes(200), deadline: deadline)
                        stream.finishSending()
                        var answer: [UInt8] = []
                        _ = try? await stream.receive(into: &answer, limit: 200, deadline: deadline)
                        stream.close()
                    }
                    order.withLock { $0.append(number) }
                    if remaining.withLock({
                        $0 -= 1; return $0 == 0
                    }) {
                        done.notify()
                    }
                }
            }
            let file = try doors.files.open("a", .createNew)
            try file.write([1, 2, 3], at: 0)
            try file.sync()
            await done.wait(until: nil, on: doors.scheduler)
        }
        return (world.traceHash, order.withLock { $0 })
    }

    @Test(arguments: [1, 2, 3, 1000] as [UInt64])
    func `a seed gives the same run again`(seed: UInt64) throws {
        let first = try Self.busyRun(seed: seed)
        let second = try Self.busyRun(seed: seed)
        #expect(first.hash == second.hash)
        #expect(first.order == second.order)
    }

    @Test func `seeds differ`() throws {
        let runs = try (0..<20).map { try Self.busyRun(seed: $0) }
        #expect(Set(runs.map(\.hash)).count == 20)
        #expect(Set(runs.map(\.order)).count > 1)
    }

    @Test func `a body that waits for nothing is reported with its seed`() {
        #expect(throws: WorldError.stuck(seed: 7)) {
            try World(seed: 7).run { doors in _ = await doors.scheduler.suspend(until: nil) { _ in } }
        }
        #expect(WorldError.stuck(seed: 7).description.contains("seed 7"))
    }

    @Test func `a body without end is reported with its seed`() {
        let expected = WorldError.tooManySteps(seed: 8, limit: 1000)
        #expect(throws: expected) {
            try World(seed: 8).run(stepLimit: 1000) { doors in
                while true { await doors.scheduler.sleep(until: doors.clock.instant()) }
            }
        }
    }

    @Test func `what a body throws comes out`() {
        #expect(throws: NetworkError.nameNotFound) {
            try World(seed: 1).run { doors in
                _ = try await doors.network.resolve("nowhere.test", deadline: doors.clock.instant().adding(seconds: 9))
            }
        }
    }

    @Test func `the wall clock follows virtual time and can jump`() throws {
        let world = World(seed: 1)
        #expect(world.doors.clock.now() == Timestamp("2025-01-15"))
        try world.run(milliseconds: 90_000)
        #expect(world.doors.clock.now() == Timestamp("2025-01-15T00:01:30Z"))
        let before = world.doors.clock.instant()
        world.clock.jump(milliseconds: -3_600_000)
        #expect(world.doors.clock.now() == Timestamp("2025-01-14T23:01:30Z"))
        world.clock.set(Timestamp(seconds: 0))
        #expect(world.doors.clock.now() == Timestamp(seconds: 0))
        #expect(world.doors.clock.instant() == before)
    }

    @Test func `entropy is the seed's`() {
        let first = World(seed: 5).doors.entropy
        let second = World(seed: 5).doors.entropy
        let bytes = first.bytes(33)
        #expect(bytes == second.bytes(33))
        #expect(bytes != first.bytes(33))
        #expect(bytes != World(seed: 6).doors.entropy.bytes(33))
        #expect(first.bytes(0).isEmpty)
    }

    @Test func `a second thread traps`() async {
        await #expect(processExitsWith: .failure) {
            try World(seed: 1).run { doors in
                let isDone = Guarded(false)
                Task.detached {
                    _ = doors.entropy.bytes(1)
                    isDone.withLock { $0 = true }
                }
                while !isDone.withLock({ $0 }) {}
            }
        }
    }

    @Test func `log lines are kept`() {
        let world = World(seed: 1)
        world.doors.log.write(.warning, "disk_full", [("path", "a\"b\n")])
        #expect(world.logLines == [#"{"level":"warning","event":"disk_full","path":"a\"b\n"}"#])
    }

    @Test func `a world ends with tasks still suspended`() throws {
        weak var weakWorld: World?
        do {
            let world = World(seed: 1)
            weakWorld = world
            world.doors.scheduler.spawn(on: 0) {
                await world.doors.scheduler.sleep(until: world.now.adding(seconds: 100))
            }
            try world.run(milliseconds: 1)
        }
        // The task holds the world itself here; nothing may trap.
        #expect(weakWorld != nil)
        // Files outlive a world whose tasks ended, and can be looked at.
        let files = World(seed: 2).doors.files
        try files.makeDirectory("/late")
    }
}
