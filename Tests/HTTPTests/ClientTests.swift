import HTTP
import Runtime
import Simulation
import Testing

@Suite struct ClientTests {
    /// Which requests the server's handler saw, by path.
    private final class Seen: Sendable {
        private let paths = Guarded<[String]>([])
        func add(_ path: String) { paths.withLock { $0.append(path) } }
        func count(_ path: String) -> Int { paths.withLock { $0.count { $0 == path } } }
    }

    private static let address = IPAddress.v4(0x0a00_0005)

    /// A world in which `shop.example` answers on port 80, with a client that has ten seconds.
    private static func run<Value: Sendable>(
        seed: UInt64, options: NetworkOptions = NetworkOptions(), limits: ClientLimits = ClientLimits(),
        policy: AddressPolicy = .any, transport: (any SecureTransport)? = nil,
        script: (@Sendable (ConnectionAttempt) -> ConnectionFault?)? = nil,
        _ body: @escaping @Sendable (Doors, Client, Seen) async throws -> Value
    ) throws -> Value {
        var worldOptions = WorldOptions()
        worldOptions.network = options
        let world = World(seed: seed, options: worldOptions)
        world.network.hosts = ["shop.example": [address], "two.example": [.v4(0x0a00_0006), address]]
        world.network.script = script
        return try world.run { doors in
            let seen = Seen()
            let server = Server(doors: doors) { request in
                seen.add(request.path)
                let text = "\(request.method.text) \(request.target) \(request.host) "
                var response = Response(status: 200, headers: [("X", "y")], body: Array(text.utf8) + request.body)
                if request.path == "/close" { response.closesConnection = true }
                if request.path == "/redirect" { response.status = 302 }
                return response
            }
            server.start(try doors.network.listen(on: .ip(address, port: 80)))
            server.start(try doors.network.listen(on: .ip(address, port: 443)))
            let client = Client(doors: doors, limits: limits, policy: policy, transport: transport)
            return try await body(doors, client, seen)
        }
    }

    private static func request(_ text: String, method: Method = .get, body: String = "") throws -> ClientRequest {
        ClientRequest(method: method, url: try #require(URL(text)), headers: [("A", "b")], body: Array(body.utf8))
    }

    private static func deadline(_ doors: Doors) -> Instant { doors.clock.instant().adding(seconds: 10) }

    /// The error `send` throws, or nil when there is an answer.
    private static func failure(_ client: Client, _ request: ClientRequest, _ doors: Doors) async -> ClientError? {
        do throws(ClientError) {
            _ = try await client.send(request, deadline: deadline(doors))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `an exchange keeps its connection for the next`(seed: UInt64) throws {
        try Self.run(seed: seed) { doors, client, _ in
            let post = try Self.request("http://shop.example/p?q=r", method: .post, body: "hello")
            let first = try await client.send(post, deadline: Self.deadline(doors))
            #expect(first.status == 200)
            #expect(first.headers["x"] == "y")
            #expect(String(decoding: first.body, as: UTF8.self) == "POST /p?q=r shop.example hello")
            #expect(!first.trace.isReusedConnection)
            #expect(first.trace.address == .ip(Self.address, port: 80))
            #expect(first.trace.resolveNanoseconds > 0)
            #expect(first.trace.connectNanoseconds > 0)
            #expect(first.trace.totalNanoseconds > first.trace.resolveNanoseconds + first.trace.connectNanoseconds)

            let head = try Self.request("http://shop.example/h", method: .head)
            let second = try await client.send(head, deadline: Self.deadline(doors))
            #expect(second.trace.isReusedConnection)
            #expect(second.body.isEmpty)
            #expect(second.headers["content-length"] == "21")

            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 11))
            let third = try await client.send(
                try Self.request("http://shop.example/close"), deadline: Self.deadline(doors))
            #expect(!third.trace.isReusedConnection)
            let fourth = try await client.send(
                try Self.request("http://shop.example/redirect"), deadline: Self.deadline(doors))
            #expect(!fourth.trace.isReusedConnection)
            #expect(fourth.status == 302)
            client.closeIdle()
        }
    }

    @Test(
        arguments: [
            ("http://nowhere.example/", nil, ClientError.notSent(.nameNotFound)),
            ("http://shop.example:81/", nil, .notSent(.connectionRefused)),
            ("http://shop.example/", .refuse, .notSent(.connectionRefused)),
            ("http://shop.example/", .timeOut, .notSent(.deadlinePassed)),
            ("https://shop.example/", nil, .notSent(.tlsUnavailable)),
            ("http://shop.example/", .cutAfterRequest(byteCount: 0), .unknown(.closed)),
            ("http://shop.example/", .silenceAfterRequest(byteCount: 0), .unknown(.deadlinePassed)),
            ("http://shop.example/", .silenceAfterResponse(byteCount: 40), .unknown(.deadlinePassed)),
        ] as [(String, ConnectionFault?, ClientError)])
    func `every failure says whether anything was sent`(text: String, fault: ConnectionFault?, error: ClientError)
        throws
    {
        try Self.run(seed: 3, script: { _ in fault }) { doors, client, seen in
            let request = try Self.request(text)
            var trace = ClientTrace()
            let began = doors.clock.instant()
            await #expect(throws: error) {
                try await client.send(request, deadline: Self.deadline(doors), recording: &trace)
            }
            if case .notSent = error { #expect(seen.count("/") == 0) }
            #expect(trace.totalNanoseconds == doors.clock.instant().nanoseconds(since: began))
        }
    }

    @Test func `a cut anywhere in the request is unknown and never sent again`() throws {
        for count in 0..<100 {
            try Self.run(seed: 4, script: { _ in .cutAfterRequest(byteCount: count) }) { doors, client, seen in
                let request = try Self.request("http://shop.example/pay", method: .post, body: "amount=1")
                let failure = await Self.failure(client, request, doors)
                if let failure { #expect(failure == .unknown(.closed)) }
                #expect(seen.count("/pay") <= 1)
                if failure == nil { #expect(seen.count("/pay") == 1) }
            }
        }
    }

    @Test func `a cut anywhere in the answer is unknown`() throws {
        let answerByteCount = 113
        for count in 0..<answerByteCount {
            try Self.run(seed: 5, script: { _ in .cutAfterResponse(byteCount: count) }) { doors, client, seen in
                let request = try Self.request("http://shop.example/pay", method: .post, body: "amount=1")
                #expect(await Self.failure(client, request, doors) == .unknown(.closed))
                #expect(seen.count("/pay") == 1)
            }
        }
    }

    @Test func `the next address is tried only when connecting failed`() throws {
        try Self.run(seed: 6) { doors, client, seen in
            let answer = try await client.send(
                try Self.request("http://two.example/a"), deadline: Self.deadline(doors))
            #expect(answer.trace.address == .ip(Self.address, port: 80))
            #expect(seen.count("/a") == 1)
        }
        try Self.run(seed: 6, script: { $0.number == 1 ? .cutAfterRequest(byteCount: 5) : nil }) {
            doors, client, seen in
            _ = try doors.network.listen(on: .ip(.v4(0x0a00_0006), port: 80))
            let failure = await Self.failure(client, try Self.request("http://two.example/a"), doors)
            #expect(failure?.reason != .connectionRefused)
            #expect(seen.count("/a") == 0)
        }
    }

    @Test func `the connection goes only to an allowed address`() throws {
        try Self.run(seed: 7, policy: .publicOnly) { doors, client, seen in
            let names = ["http://shop.example/", "http://10.0.0.5/", "http://localhost/", "http://[::ffff:10.0.0.5]/"]
            for name in names {
                let request = try Self.request(name)
                #expect(await Self.failure(client, request, doors) == .notSent(.addressRefused))
            }
            #expect(seen.count("/") == 0)
        }
        let second = AddressPolicy { $0 == Self.address }
        try Self.run(seed: 7, policy: second, script: { $0.number > 1 ? .refuse : nil }) { doors, client, _ in
            let answer = try await client.send(
                try Self.request("http://two.example/"), deadline: Self.deadline(doors))
            #expect(answer.status == 200)
        }
    }

    /// A transport that changes nothing, or fails.
    private struct PlainTransport: SecureTransport {
        var fails = false

        func secure(
            _ stream: any ByteStream, host: String, deadline: Instant
        ) async throws(SecureTransportError) -> any ByteStream {
            if fails { throw SecureTransportError(reason: "no trust in \(host)") }
            return stream
        }
    }

    @Test func `https goes through the transport`() throws {
        try Self.run(seed: 8, transport: PlainTransport()) { doors, client, _ in
            let answer = try await client.send(
                try Self.request("https://shop.example/s"), deadline: Self.deadline(doors))
            #expect(answer.trace.address == .ip(Self.address, port: 443))
        }
        try Self.run(seed: 8, transport: PlainTransport(fails: true)) { doors, client, seen in
            let failure = await Self.failure(client, try Self.request("https://shop.example/s"), doors)
            #expect(failure == .notSent(.tlsFailed("no trust in shop.example")))
            #expect(seen.count("/s") == 0)
        }
    }

    @Test func `a kept connection that dies under a request makes it unknown`() throws {
        // An answer has 113 bytes; the cut comes somewhere in the second.
        for count in 113..<226 {
            try Self.run(seed: 9, script: { _ in .cutAfterResponse(byteCount: count) }) { doors, client, seen in
                let request = try Self.request("http://shop.example/k", method: .post, body: "amount=1")
                var answerCount = 0
                var unknownCount = 0
                for _ in 0..<2 {
                    switch await Self.failure(client, request, doors) {
                    case nil: answerCount += 1
                    case .unknown: unknownCount += 1
                    case .notSent: Issue.record("nothing says that it was not sent")
                    }
                }
                #expect(answerCount + unknownCount == seen.count("/k"))
            }
        }
    }

    @Test func `a kept connection that was closed meanwhile is not used`() throws {
        try Self.run(seed: 10) { doors, client, _ in
            let answer = try await client.send(
                try Self.request("http://shop.example/1"), deadline: Self.deadline(doors))
            #expect(answer.status == 200)
            (doors.network as? SimulatedNetwork)?.cutAll()
            let next = try await client.send(
                try Self.request("http://shop.example/2"), deadline: Self.deadline(doors))
            #expect(!next.trace.isReusedConnection)
        }
    }

    @Test func `only the beginning of a long answer is kept`() throws {
        try Self.run(seed: 11) { doors, client, _ in
            var request = try Self.request(
                "http://shop.example/", method: .post, body: String(repeating: "x", count: 100_000))
            request.answerByteCount = 4
            let answer = try await client.send(request, deadline: Self.deadline(doors))
            #expect(answer.body == Array("POST".utf8))
            #expect(answer.isTruncated)
        }
    }

    @Test func `a request that cannot be written is not sent`() throws {
        try Self.run(seed: 12) { doors, client, _ in
            var request = try Self.request("http://shop.example/")
            request.headers = [("bad name", "x")]
            #expect(await Self.failure(client, request, doors) == .notSent(.malformedRequest))
            request.headers = []
            request.method = .other("A B")
            #expect(await Self.failure(client, request, doors) == .notSent(.malformedRequest))
            request.method = .get
            request.headers = [("X", "a\r\nHost: evil"), ("Host", "evil"), ("Content-Length", "9")]
            let answer = try await client.send(request, deadline: Self.deadline(doors))
            #expect(String(decoding: answer.body, as: UTF8.self) == "GET / shop.example ")
        }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `on a hostile network what was not sent was not seen`(seed: UInt64) throws {
        try Self.run(seed: seed, options: .hostile) { doors, client, seen in
            for number in 0..<10 {
                let request = try Self.request("http://shop.example/\(number)", method: .post, body: "amount=\(number)")
                let failure = await Self.failure(client, request, doors)
                let count = seen.count("/\(number)")
                switch failure {
                case .notSent: #expect(count == 0)
                case .unknown: #expect(count <= 1)
                case nil: #expect(count == 1)
                }
            }
        }
    }
}
