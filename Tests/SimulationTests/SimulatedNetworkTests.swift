import Runtime
import Simulation
import Testing

@Suite struct SimulatedNetworkTests {
    private static let address = SocketAddress.ip(.v4(0x7f00_0001), port: 8080)

    private static func pair(
        _ doors: Doors, seconds: Int = 60
    ) async throws -> (near: any ByteStream, far: any ByteStream, deadline: Instant) {
        let deadline = doors.clock.instant().adding(seconds: seconds)
        let listener = try doors.network.listen(on: address)
        let accepted = Guarded<(any ByteStream)?>(nil)
        let signal = WakeSignal()
        listener.start(limit: 10) { stream in
            accepted.withLock { $0 = stream }
            signal.notify()
            await doors.scheduler.sleep(until: Instant(nanoseconds: .max))
        }
        let near = try await doors.network.connect(to: address, deadline: deadline)
        await signal.wait(until: nil, on: doors.scheduler)
        return (near, try #require(accepted.withLock { $0 }), deadline)
    }

    private static func receiveAll(_ stream: any ByteStream, _ deadline: Instant) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while try await stream.receive(into: &bytes, limit: 5000, deadline: deadline) > 0 {}
        return bytes
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `bytes arrive in order, in pieces`(seed: UInt64) throws {
        try World(seed: seed).run { doors in
            let (near, far, deadline) = try await Self.pair(doors)
            let sent = doors.entropy.bytes(200_000)
            doors.scheduler.spawn(on: 0) {
                try? await near.send(sent, deadline: deadline)
                near.finishSending()
            }
            #expect(try await Self.receiveAll(far, deadline) == sent)
            try await far.send([1, 2, 3], deadline: deadline)
            far.close()
            #expect(try await Self.receiveAll(near, deadline) == [1, 2, 3])
        }
    }

    @Test func `a receive takes no more than its limit`() throws {
        try World(seed: 1).run { doors in
            let (near, far, deadline) = try await Self.pair(doors)
            try await near.send([UInt8](repeating: 7, count: 100), deadline: deadline)
            var bytes: [UInt8] = [9]
            for _ in 0..<50 {
                let before = bytes.count
                let count = try await far.receive(into: &bytes, limit: 2, deadline: deadline)
                #expect((1...2).contains(count))
                #expect(bytes.count == before + count)
            }
        }
    }

    @Test func `sending waits for room until its deadline`() throws {
        let world = World(seed: 1)
        let start = world.now
        try world.run { doors in
            let (near, _, _) = try await Self.pair(doors)
            await #expect(throws: NetworkError.deadlinePassed) {
                try await near.send([UInt8](repeating: 0, count: 70_000), deadline: start.adding(seconds: 3))
            }
        }
        #expect(world.now >= start.adding(seconds: 3))
        #expect(world.now < start.adding(seconds: 4))
    }

    @Test func `receiving waits until its deadline`() throws {
        let world = World(seed: 1)
        let start = world.now
        try world.run { doors in
            let (near, _, _) = try await Self.pair(doors)
            var bytes: [UInt8] = []
            await #expect(throws: NetworkError.deadlinePassed) {
                try await near.receive(into: &bytes, limit: 1, deadline: start.adding(seconds: 2))
            }
        }
        #expect(world.now >= start.adding(seconds: 2))
    }

    @Test func `closing ends a pending receive`() throws {
        try World(seed: 1).run { doors in
            let (near, _, deadline) = try await Self.pair(doors)
            doors.scheduler.spawn(on: 0) {
                await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 1))
                near.close()
                near.close()
            }
            var bytes: [UInt8] = []
            await #expect(throws: NetworkError.closed) {
                try await near.receive(into: &bytes, limit: 1, deadline: deadline)
            }
            await #expect(throws: NetworkError.closed) { try await near.send([1], deadline: deadline) }
        }
    }

    @Test func `closing with bytes unread resets the peer`() throws {
        try World(seed: 2).run { doors in
            let (near, far, deadline) = try await Self.pair(doors)
            try await near.send([1, 2, 3], deadline: deadline)
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 1))
            far.close()
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 1))
            await #expect(throws: NetworkError.closed) { try await near.send([4], deadline: deadline) }
        }
    }

    @Test func `nobody listening refuses`() throws {
        try World(seed: 1).run { doors in
            let deadline = doors.clock.instant().adding(seconds: 1)
            await #expect(throws: NetworkError.refused) {
                _ = try await doors.network.connect(to: Self.address, deadline: deadline)
            }
            let listener = try doors.network.listen(on: Self.address)
            #expect(throws: NetworkError.addressInUse) { _ = try doors.network.listen(on: Self.address) }
            _ = try await doors.network.connect(to: Self.address, deadline: deadline)
            listener.close()
            await #expect(throws: NetworkError.refused) {
                _ = try await doors.network.connect(to: Self.address, deadline: deadline)
            }
        }
    }

    @Test func `listening on every address hears the machine's own only`() throws {
        try World(seed: 1).run { doors in
            let deadline = doors.clock.instant().adding(seconds: 1)
            let listener = try doors.network.listen(on: .ip(.v4(0), port: 0))
            guard case .ip(_, let port) = listener.address else { return }
            #expect(port != 0)
            _ = try await doors.network.connect(to: .ip(.v4(0x7f00_0001), port: port), deadline: deadline)
            _ = try await doors.network.connect(to: .ip(.v4(0x0a00_0001), port: port), deadline: deadline)
            await #expect(throws: NetworkError.refused) {
                _ = try await doors.network.connect(to: .ip(.v4(0x0808_0808), port: port), deadline: deadline)
            }
        }
    }

    @Test func `a Unix path is an address`() throws {
        try World(seed: 1).run { doors in
            let deadline = doors.clock.instant().adding(seconds: 1)
            let address = SocketAddress.unix(path: "/run/admin.socket")
            let listener = try doors.network.listen(on: address)
            listener.start(limit: 1) { stream in try? await stream.send([5], deadline: deadline) }
            let stream = try await doors.network.connect(to: address, deadline: deadline)
            #expect(stream.peer == address)
            #expect(try await Self.receiveAll(stream, deadline) == [5])
        }
    }

    @Test func `over its limit a listener closes new streams`() throws {
        try World(seed: 1).run { doors in
            let deadline = doors.clock.instant().adding(seconds: 9)
            let listener = try doors.network.listen(on: Self.address)
            listener.start(limit: 1) { stream in
                try? await stream.send([1], deadline: deadline)
                await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 1))
            }
            let first = try await doors.network.connect(to: Self.address, deadline: deadline)
            let second = try await doors.network.connect(to: Self.address, deadline: deadline)
            #expect(try await Self.receiveAll(second, deadline) == [])
            #expect(try await Self.receiveAll(first, deadline) == [1])
            let third = try await doors.network.connect(to: Self.address, deadline: deadline)
            #expect(try await Self.receiveAll(third, deadline) == [1])
        }
    }

    @Test func `names resolve by table or as what they spell`() throws {
        let world = World(seed: 1)
        world.network.hosts["api.test"] = [.v4(0x0102_0304), .v6(high: 1, low: 2)]
        try world.run { doors in
            let deadline = doors.clock.instant().adding(seconds: 1)
            let expected: [(name: String, addresses: [IPAddress])] = [
                ("api.test", [.v4(0x0102_0304), .v6(high: 1, low: 2)]), ("10.1.2.3", [.v4(0x0a01_0203)]),
                ("::1", [.v6(high: 0, low: 1)]), ("localhost", [.v4(0x7f00_0001)]),
                ("2001:db8::ff:1", [.v6(high: 0x2001_0db8_0000_0000, low: 0x00ff_0001)]),
            ]
            for (name, addresses) in expected {
                let found = try await doors.network.resolve(name, deadline: deadline)
                #expect(found == addresses)
            }
            await #expect(throws: NetworkError.deadlinePassed) {
                _ = try await doors.network.resolve("api.test", deadline: Instant(nanoseconds: 1))
            }
        }
    }

    @Test(arguments: [
        (ConnectionFault.cutAfterRequest(byteCount: 10), NetworkError.closed),
        (.silenceAfterRequest(byteCount: 10), .deadlinePassed),
        (.cutAfterResponse(byteCount: 10), .closed), (.silenceAfterResponse(byteCount: 10), .deadlinePassed),
    ])
    func `a script cuts or silences a stream after so many bytes`(fault: ConnectionFault, error: NetworkError) throws {
        let world = World(seed: 1)
        world.network.script = { $0.number == 1 ? fault : nil }
        try world.run { doors in
            let (near, far, deadline) = try await Self.pair(doors)
            let isRequest =
                switch fault {
                case .cutAfterRequest, .silenceAfterRequest: true
                default: false
                }
            let (sender, receiver) = isRequest ? (near, far) : (far, near)
            doors.scheduler.spawn(on: 0) {
                try? await sender.send([UInt8](repeating: 1, count: 30), deadline: deadline)
                sender.finishSending()
            }
            var bytes: [UInt8] = []
            await #expect(throws: error) {
                while try await receiver.receive(into: &bytes, limit: 100, deadline: deadline) > 0 {}
            }
            #expect(bytes.count == 10)
        }
        #expect(world.network.fired.cuts + world.network.fired.silences == 1)
    }

    @Test(arguments: [(ConnectionFault.refuse, NetworkError.refused), (.timeOut, .deadlinePassed)])
    func `a script stops an attempt to connect`(fault: ConnectionFault, error: NetworkError) throws {
        let world = World(seed: 1)
        world.network.script = { _ in fault }
        try world.run { doors in
            _ = try doors.network.listen(on: Self.address)
            await #expect(throws: error) {
                _ = try await doors.network.connect(
                    to: Self.address, deadline: doors.clock.instant().adding(seconds: 1))
            }
        }
    }

    @Test func `a hostile network does all it can and keeps the order of bytes`() throws {
        var counts = NetworkFaultCounts()
        for seed in 0..<100 as Range<UInt64> {
            var options = WorldOptions()
            options.network = .hostile
            let world = World(seed: seed, options: options)
            try world.run { doors in
                let deadline = doors.clock.instant().adding(seconds: 30)
                let listener = try doors.network.listen(on: Self.address)
                listener.start(limit: 10) { stream in
                    let sent = (0..<3000).map { UInt8(truncatingIfNeeded: $0) }
                    try? await stream.send(sent, deadline: deadline)
                }
                for _ in 0..<5 {
                    guard let stream = try? await doors.network.connect(to: Self.address, deadline: deadline) else {
                        continue
                    }
                    var bytes: [UInt8] = []
                    while let count = try? await stream.receive(into: &bytes, limit: 500, deadline: deadline), count > 0
                    {}
                    #expect(bytes == (0..<bytes.count).map { UInt8(truncatingIfNeeded: $0) })
                    stream.close()
                }
            }
            counts.refusals += world.network.fired.refusals
            counts.timeouts += world.network.fired.timeouts
            counts.cuts += world.network.fired.cuts
            counts.drops += world.network.fired.drops
            counts.silences += world.network.fired.silences
        }
        #expect(counts.refusals > 0 && counts.timeouts > 0 && counts.cuts > 0 && counts.drops > 0)
        #expect(counts.silences > 0)
    }

    @Test func `cutting everything resets open streams`() throws {
        let world = World(seed: 1)
        try world.run { doors in
            let (near, _, deadline) = try await Self.pair(doors)
            doors.scheduler.spawn(on: 0) { world.network.cutAll() }
            var bytes: [UInt8] = []
            await #expect(throws: NetworkError.closed) {
                try await near.receive(into: &bytes, limit: 1, deadline: deadline)
            }
        }
    }
}
