import Runtime
import Testing

@testable import Platform

@Suite struct SocketStreamTests {
    private let network = Loops.doors.network
    private let scheduler = Loops.doors.scheduler

    /// Listens, and answers with whatever `serve` does.
    private func listener(
        on address: SocketAddress = Loops.anyPort, limit: Int = 100,
        _ serve: @escaping @Sendable (any ByteStream) async -> Void
    ) throws -> any Listener {
        let listener = try network.listen(on: address)
        listener.start(limit: limit, serve)
        return listener
    }

    private static func echo(_ stream: any ByteStream) async {
        var buffer: [UInt8] = []
        while let count = try? await stream.receive(into: &buffer, limit: 100_000, deadline: Loops.patience), count > 0
        {
            guard (try? await stream.send(buffer, deadline: Loops.patience)) != nil else { return }
            buffer.removeAll(keepingCapacity: true)
        }
    }

    @Test(arguments: [0, 1]) func `large data comes back unchanged`(loop: Int) async throws {
        let listener = try listener { await Self.echo($0) }
        defer { listener.close() }
        try await Loops.run(on: loop) { [network, scheduler] in
            let stream = try await network.connect(to: listener.address, deadline: Loops.patience)
            defer { stream.close() }
            #expect(stream.peer == listener.address)
            let data = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
            scheduler.spawn(on: loop) {
                try? await stream.send(data, deadline: Loops.patience)
                stream.finishSending()
            }
            var received: [UInt8] = []
            while try await stream.receive(into: &received, limit: 1 << 20, deadline: Loops.patience) > 0 {}
            #expect(received == data)
        }
    }

    @Test func `a deadline ends a receive, and the stream can go on`() async throws {
        let listener = try listener { await Self.echo($0) }
        defer { listener.close() }
        try await Loops.run { [network] in
            let stream = try await network.connect(to: listener.address, deadline: Loops.patience)
            defer { stream.close() }
            var buffer: [UInt8] = []
            for milliseconds in [20, 2, 0] {
                await #expect(throws: NetworkError.deadlinePassed) {
                    _ = try await stream.receive(into: &buffer, limit: 10, deadline: Loops.after(milliseconds))
                }
            }
            try await stream.send([1, 2, 3], deadline: Loops.patience)
            #expect(try await stream.receive(into: &buffer, limit: 10, deadline: Loops.patience) == 3)
            #expect(buffer == [1, 2, 3])
        }
    }

    @Test func `a deadline ends a send that the peer does not read`() async throws {
        let isOver = WakeSignal()
        let listener = try listener { [scheduler] _ in await isOver.wait(until: nil, on: scheduler) }
        defer {
            listener.close()
            isOver.notify()
        }
        try await Loops.run { [network] in
            let stream = try await network.connect(to: listener.address, deadline: Loops.patience)
            defer { stream.close() }
            let data = [UInt8](repeating: 1, count: 30_000_000)
            await #expect(throws: NetworkError.deadlinePassed) {
                try await stream.send(data, deadline: Loops.after(30))
            }
        }
    }

    @Test(arguments: [0, 1]) func `closing ends a pending receive`(closer: Int) async throws {
        let listener = try listener { await Self.echo($0) }
        defer { listener.close() }
        try await Loops.run(on: 0) { [network, scheduler] in
            let stream = try await network.connect(to: listener.address, deadline: Loops.patience)
            scheduler.spawn(on: closer) {
                await scheduler.sleep(until: Loops.after(2))
                stream.close()
                stream.close()
            }
            var buffer: [UInt8] = []
            for _ in 0..<2 {
                await #expect(throws: NetworkError.closed) {
                    _ = try await stream.receive(into: &buffer, limit: 10, deadline: Loops.patience)
                }
            }
            await #expect(throws: NetworkError.closed) {
                try await stream.send([1], deadline: Loops.patience)
            }
        }
    }

    @Test func `after half a close the peer's answer still arrives`() async throws {
        let listener = try listener { stream in
            var request: [UInt8] = []
            while let count = try? await stream.receive(into: &request, limit: 9, deadline: Loops.patience), count > 0 {
            }
            try? await stream.send(request.reversed(), deadline: Loops.patience)
        }
        defer { listener.close() }
        try await Loops.run { [network] in
            let stream = try await network.connect(to: listener.address, deadline: Loops.patience)
            defer { stream.close() }
            try await stream.send([1, 2, 3], deadline: Loops.patience)
            stream.finishSending()
            var answer: [UInt8] = []
            while try await stream.receive(into: &answer, limit: 2, deadline: Loops.patience) > 0 {}
            #expect(answer == [3, 2, 1])
        }
    }

    @Test func `many requests leave one timer a stream`() async throws {
        let listener = try listener { await Self.echo($0) }
        defer { listener.close() }
        let counts = try await Loops.run { [network] in
            let loop = try #require(CurrentLoop.loop)
            let before = loop.timerCount
            let stream = try await network.connect(to: listener.address, deadline: Loops.patience)
            var buffer: [UInt8] = []
            for _ in 0..<200 {
                try await stream.send([7], deadline: Loops.patience)
                _ = try await stream.receive(into: &buffer, limit: 10, deadline: Loops.patience)
            }
            let during = loop.timerCount
            stream.close()
            return [before, during, loop.timerCount]
        }
        // Other tests use the same loop: only a pile would be noticed.
        #expect(counts[1] < 100)
    }

    @Test func `over the limit a stream is closed at once`() async throws {
        let listener = try listener(limit: 2) { await Self.echo($0) }
        defer { listener.close() }
        try await Loops.run { [network] in
            var kept: [any ByteStream] = []
            for _ in 0..<2 {
                let stream = try await network.connect(to: listener.address, deadline: Loops.patience)
                try await stream.send([1], deadline: Loops.patience)
                var buffer: [UInt8] = []
                #expect(try await stream.receive(into: &buffer, limit: 1, deadline: Loops.patience) == 1)
                kept.append(stream)
            }
            let third = try await network.connect(to: listener.address, deadline: Loops.patience)
            var buffer: [UInt8] = []
            #expect(try await third.receive(into: &buffer, limit: 1, deadline: Loops.patience) == 0)
            for stream in kept { stream.close() }
        }
    }

    @Test func `a started listener that nobody holds goes on accepting`() async throws {
        let address = try listener { await Self.echo($0) }.address
        try await Loops.run { [network] in
            let stream = try await network.connect(to: address, deadline: Loops.patience)
            defer { stream.close() }
            try await stream.send([5], deadline: Loops.patience)
            var buffer: [UInt8] = []
            #expect(try await stream.receive(into: &buffer, limit: 1, deadline: Loops.patience) == 1)
        }
    }

    @Test func `a closed listener refuses, and its address is free`() async throws {
        let first = try listener { await Self.echo($0) }
        #expect(throws: NetworkError.addressInUse) { _ = try network.listen(on: first.address) }
        first.close()
        await #expect(throws: NetworkError.refused) {
            try await Loops.run { [network] in
                _ = try await network.connect(to: first.address, deadline: Loops.patience)
            }
        }
        let second = try network.listen(on: first.address)
        second.close()
    }

    @Test func `a Unix socket left over is replaced, a live one is not`() async throws {
        let directory = try HostProcess.makeTemporaryDirectory("platform-")
        let address = SocketAddress.unix(path: directory + "/socket")
        let first = try SocketListener(on: address, scheduler: try #require(scheduler as? LoopScheduler))
        #expect(throws: NetworkError.addressInUse) { _ = try network.listen(on: address) }
        #expect(try Loops.doors.files.status(directory + "/socket")?.permissions == 0o600)
        // A second name keeps the socket file when its listener goes.
        try Loops.doors.files.link(directory + "/socket", to: directory + "/kept")
        first.close()
        try Loops.doors.files.rename(directory + "/kept", to: directory + "/socket")
        let second = try listener(on: address) { await Self.echo($0) }
        try await Loops.run { [network] in
            let stream = try await network.connect(to: address, deadline: Loops.patience)
            try await stream.send([1, 2], deadline: Loops.patience)
            var buffer: [UInt8] = []
            #expect(try await stream.receive(into: &buffer, limit: 5, deadline: Loops.patience) == 2)
            stream.close()
        }
        second.close()
        #expect(try Loops.doors.files.status(directory + "/socket") == nil)
        try Loops.doors.files.remove(directory)
    }
}
