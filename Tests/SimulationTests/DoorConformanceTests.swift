import Runtime
import Testing

/// What code above the doors relies on, asked of Linux and of the simulation alike.
@Suite struct DoorConformanceTests {
    /// The reason `body` was refused; nil when it was not.
    private static func reason(_ body: () throws -> Void) -> FileError.Reason? {
        do {
            try body()
            return nil
        } catch {
            return (error as? FileError)?.reason
        }
    }

    @Test(arguments: Side.allCases)
    func `files refuse alike`(side: Side) async throws {
        try await side.run { doors, directory in
            let files = doors.files
            let path = directory + "/a"
            try files.open(path, .createNew).close()
            try files.makeDirectory(directory + "/d")
            try files.open(directory + "/d/x", .createNew).close()
            let reader = try files.open(path, .readOnly)
            let closed = try files.open(path, .readWrite)
            closed.close()
            let reasons = [
                Self.reason { _ = try files.open(path, .createNew) },
                Self.reason { _ = try files.open(directory + "/b", .readWrite) },
                Self.reason { _ = try files.open(directory + "/none/b", .createNew) },
                Self.reason { _ = try files.open(path + "/b", .createNew) },
                Self.reason { _ = try files.open(directory + "/d", .readWrite) },
                Self.reason { try files.makeDirectory(path) },
                Self.reason { try files.rename(directory + "/b", to: path) },
                Self.reason { try files.rename(path, to: directory + "/d") },
                Self.reason { try files.link(directory + "/b", to: directory + "/c") },
                Self.reason { try files.link(path, to: directory + "/d/x") },
                Self.reason { try files.remove(directory + "/b") },
                Self.reason { try files.remove(directory + "/d") },
                Self.reason { _ = try files.list(directory + "/none") },
                Self.reason { _ = try files.list(path) },
                Self.reason { try files.syncDirectory(directory + "/none") },
                Self.reason { try files.syncDirectory(path) },
                Self.reason { _ = try files.status(path + "/b") },
                Self.reason { _ = try files.freeSpace(directory + "/none") },
                Self.reason { try reader.write([1], at: 0) },
                Self.reason { try closed.sync() },
            ]
            #expect(
                reasons == [
                    .alreadyExists, .notFound, .notFound, .notADirectory, .other(21), .alreadyExists, .notFound,
                    .other(21), .notFound, .alreadyExists, .notFound, .other(39), .notFound, .notADirectory, .notFound,
                    .notADirectory, .notADirectory, .notFound, .other(9), .other(9),
                ])
        }
    }

    @Test(arguments: Side.allCases)
    func `bytes and names behave alike`(side: Side) async throws {
        try await side.run { doors, directory in
            let files = doors.files
            let file = try files.open(directory + "/a", .createNew)
            try file.write([1, 2, 3], at: 4094)
            try file.write([], at: 9000)
            try file.sync()
            #expect(try file.byteCount() == 4097)
            #expect(try file.read(at: 4093, count: 100) == [0, 1, 2, 3])
            #expect(try file.read(at: 5000, count: 1) == [])
            try file.truncate(to: 4095)
            try file.truncate(to: 4098)
            #expect(try file.read(at: 4094, count: .max) == [1, 0, 0, 0])
            try files.link(directory + "/a", to: directory + "/b")
            try files.open(directory + "/c", .createNew).close()
            try files.rename(directory + "/a", to: directory + "/c")
            try files.remove(directory + "/c")
            #expect(try file.byteCount() == 4098)
            #expect(try files.list(directory) == ["b"])
            let status = try #require(try files.status(directory + "/b"))
            #expect(status.byteCount == 4098 && !status.isDirectory && status.permissions == 0o600)
            #expect(try files.status(directory)?.permissions == 0o700)
            #expect(try files.status(directory + "/a") == nil)
            #expect(try files.freeSpace(directory) > 0)
            try files.syncDirectory(directory)
        }
    }

    @Test(arguments: Side.allCases)
    func `locks behave alike`(side: Side) async throws {
        try await side.run { doors, directory in
            let path = directory + "/lock"
            let first = try doors.files.lock(path, note: "a long note")
            #expect(Self.reason { _ = try doors.files.lock(path, note: "x") } == .isBusy)
            first.release()
            let second = try doors.files.lock(path, note: "two")
            first.release()
            #expect(Self.reason { _ = try doors.files.lock(path, note: "x") } == .isBusy)
            #expect(try doors.files.open(path, .readOnly).read(at: 0, count: 99) == Array("two".utf8))
            second.release()
        }
    }

    @Test(arguments: Side.allCases)
    func `waiting behaves alike`(side: Side) async throws {
        try await side.run { doors, _ in
            let start = doors.clock.instant()
            #expect(await doors.scheduler.suspend(until: nil) { $0.resume() })
            #expect(await doors.scheduler.suspend(until: start.adding(seconds: 60)) { $0.resume() })
            #expect(await !doors.scheduler.suspend(until: start) { _ in })
            #expect(await !doors.scheduler.suspend(until: start.adding(milliseconds: 3)) { _ in })
            #expect(doors.clock.instant() >= start.adding(milliseconds: 3))
            let signal = WakeSignal()
            let worker = doors.scheduler.startWorker("test", priority: .background) {
                signal.notify()
                return .finished
            }
            #expect(await signal.wait(until: start.adding(seconds: 60), on: doors.scheduler))
            worker.wake()
        }
    }

    /// Sends, finishes, reads to the end, closes.
    @Test(arguments: Side.allCases)
    func `streams behave alike`(side: Side) async throws {
        try await side.run { doors, directory in
            let deadline = doors.clock.instant().adding(seconds: 60)
            for address in [SocketAddress.ip(.v4(0x7f00_0001), port: 0), .unix(path: directory + "/s")] {
                let listener = try doors.network.listen(on: address)
                #expect(throws: NetworkError.addressInUse) { _ = try doors.network.listen(on: listener.address) }
                listener.start(limit: 2) { stream in
                    var bytes: [UInt8] = []
                    while let count = try? await stream.receive(into: &bytes, limit: 7, deadline: deadline), count > 0 {
                    }
                    try? await stream.send(bytes, deadline: deadline)
                }
                let stream = try await doors.network.connect(to: listener.address, deadline: deadline)
                #expect(stream.peer == listener.address)
                var bytes: [UInt8] = []
                await #expect(throws: NetworkError.deadlinePassed) {
                    let soon = doors.clock.instant().adding(milliseconds: 3)
                    _ = try await stream.receive(into: &bytes, limit: 1, deadline: soon)
                }
                try await stream.send([1, 2, 3, 4, 5, 6, 7, 8, 9], deadline: deadline)
                stream.finishSending()
                await #expect(throws: NetworkError.closed) { try await stream.send([1], deadline: deadline) }
                while try await stream.receive(into: &bytes, limit: 4, deadline: deadline) > 0 {}
                #expect(bytes == [1, 2, 3, 4, 5, 6, 7, 8, 9])
                stream.close()
                stream.close()
                await #expect(throws: NetworkError.closed) {
                    _ = try await stream.receive(into: &bytes, limit: 1, deadline: deadline)
                }
                listener.close()
                await #expect(throws: NetworkError.refused) {
                    _ = try await doors.network.connect(to: listener.address, deadline: deadline)
                }
            }
        }
    }

    /// Sending into a stream nobody reads fills it; closing it with bytes unread resets it.
    @Test(arguments: Side.allCases)
    func `full and abandoned streams behave alike`(side: Side) async throws {
        try await side.run { doors, _ in
            let deadline = doors.clock.instant().adding(seconds: 60)
            let listener = try doors.network.listen(on: .ip(.v4(0x7f00_0001), port: 0))
            let signal = WakeSignal()
            listener.start(limit: 1) { stream in
                var bytes: [UInt8] = []
                _ = try? await stream.receive(into: &bytes, limit: 1, deadline: deadline)
                await signal.wait(until: deadline, on: doors.scheduler)
            }
            let stream = try await doors.network.connect(to: listener.address, deadline: deadline)
            await #expect(throws: NetworkError.deadlinePassed) {
                let soon = doors.clock.instant().adding(milliseconds: 30)
                try await stream.send([UInt8](repeating: 1, count: 32 << 20), deadline: soon)
            }
            signal.notify()
            await #expect(throws: NetworkError.closed) {
                try await stream.send([UInt8](repeating: 1, count: 32 << 20), deadline: deadline)
            }
            // The reset was told; what is left is the end.
            var bytes: [UInt8] = []
            let count = try await stream.receive(into: &bytes, limit: 1, deadline: deadline)
            #expect(count == 0)
            listener.close()
        }
    }

    @Test(arguments: Side.allCases)
    func `spelled addresses resolve alike`(side: Side) async throws {
        try await side.run { doors, _ in
            let deadline = doors.clock.instant().adding(seconds: 60)
            let four = try await doors.network.resolve("192.0.2.7", deadline: deadline)
            let six = try await doors.network.resolve("2001:db8::7", deadline: deadline)
            #expect(four == [.v4(0xc000_0207)])
            #expect(six == [.v6(high: 0x2001_0db8_0000_0000, low: 7)])
        }
    }
}
