import HTTP
import HTTPS
import Runtime
import Simulation
import TLS
import Testing
import X509

@Suite struct TLSExchangeTests {
    @Test(arguments: 0..<5 as Range<UInt64>)
    func `requests and answers go through, however they are cut`(seed: UInt64) throws {
        var options = NetworkOptions()
        options.isSegmenting = true
        let secure = try SecureWorld(seed: seed, options: options)
        let keeper = try secure.keeper([secure.writePair("shop")])
        let transport = try secure.transport()
        try secure.world.run { doors in
            let server = try SecureWorld.serve(doors, keeper.server)
            let client = Client(doors: doors, transport: transport)
            let first = try await SecureWorld.get(client, doors, "/a", body: "hello")
            #expect(String(decoding: first.body, as: UTF8.self) == "/ahello")
            #expect(first.trace.secureNanoseconds > 0)
            let second = try await SecureWorld.get(client, doors, "/large", body: "end")
            #expect(second.trace.isReusedConnection)
            #expect(second.body.count == 200_003)
            client.closeIdle()
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 3))
            #expect(server.openConnectionCount == 0)
            #expect(keeper.server.handshakeCount == 0)
        }
        #expect(secure.world.network.openStreamCount == 0)
    }

    @Test func `a second connection resumes the first`() throws {
        let secure = try SecureWorld()
        let keeper = try secure.keeper([secure.writePair("shop")])
        let transport = try secure.transport()
        try secure.world.run { doors in
            let server = try SecureWorld.serve(doors, keeper.server)
            var resumed: [Bool?] = []
            for _ in 0..<3 {
                let stream = try await doors.network.connect(
                    to: .ip(SecureWorld.address, port: 443), deadline: SecureWorld.deadline(doors))
                let secured = try await transport.connect(
                    stream, host: SecureWorld.host, deadline: SecureWorld.deadline(doors))
                try await secured.send(
                    Array("GET / HTTP/1.0\r\n\r\n".utf8), deadline: SecureWorld.deadline(doors))
                var answer: [UInt8] = []
                while try await secured.receive(
                    into: &answer, limit: 4096, deadline: SecureWorld.deadline(doors)) > 0
                {}
                #expect(answer.starts(with: Array("HTTP/1.1 200".utf8)))
                resumed.append(secured.summary?.isResumed)
                secured.close()
            }
            #expect(resumed == [false, true, true])
            await server.stop(withinSeconds: 2)
        }
    }

    @Test func `what the certificate lacks is said, and nothing was sent`() throws {
        let secure = try SecureWorld()
        let cases: [(pair: CertificateFiles.Pair, words: String)] = [
            (try secure.writePair("name", for: ["elsewhere.example"]), "elsewhere.example, not for shop.example"),
            (try secure.writePair("old", from: -10, to: -2), "expired on"),
            (try secure.writePair("early", from: 2, to: 10), "not valid before"),
        ]
        for (pair, words) in cases {
            let loaded = try Self.identity(pair, secure)
            let server = TLSServer(doors: secure.world.doors, configuration: ServerConfiguration(identities: [loaded]))
            let transport = try secure.transport()
            try secure.world.run { doors in
                let site = try SecureWorld.serve(doors, server)
                let client = Client(doors: doors, transport: transport)
                let failure = await SecureWorld.failure(client, doors)
                guard case .notSent(.tlsFailed(let reason)) = failure else {
                    Issue.record("got \(String(describing: failure))")
                    return
                }
                #expect(reason.contains(words))
                await site.stop(withinSeconds: 1)
            }
        }
    }

    /// The identity of a pair whose dates do not matter.
    private static func identity(_ pair: CertificateFiles.Pair, _ secure: SecureWorld) throws -> Identity {
        func bytes(_ path: String) throws -> [UInt8] {
            let file = try secure.world.disk.open(path, .readOnly)
            defer { file.close() }
            return try file.read(at: 0, count: 100_000)
        }
        return try Identity(
            chain: try Certificate.chain(pem: bytes(pair.chainPath)),
            key: try PrivateKey(pem: bytes(pair.keyPath), random: TestAuthority.random(3)))
    }

    @Test func `a key on the deny list is trusted by nobody`() throws {
        let secure = try SecureWorld()
        let keeper = try secure.keeper([secure.writePair("shop")])
        let hash = try secure.authority.leaf([SecureWorld.host]).certificate.spkiHash
        let digits = hash.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined(separator: ":")
        try secure.write("denied", "# stolen\n\n\(digits)  # in May\n")
        let transport = try secure.transport(denied: "denied")
        try secure.world.run { doors in
            let site = try SecureWorld.serve(doors, keeper.server)
            let failure = await SecureWorld.failure(Client(doors: doors, transport: transport), doors)
            guard case .notSent(.tlsFailed(let reason)) = failure else {
                Issue.record("got \(String(describing: failure))")
                return
            }
            #expect(reason.contains("deny list"))
            await site.stop(withinSeconds: 1)
        }
    }

    @Test(arguments: [true, false])
    func `an end without close_notify is no end`(isHonest: Bool) throws {
        let secure = try SecureWorld()
        let keeper = try secure.keeper([secure.writePair("shop")])
        let transport = try secure.transport()
        try secure.world.run { doors in
            let listener = try doors.network.listen(on: .ip(SecureWorld.address, port: 443))
            listener.start(limit: 5) { stream in
                let deadline = SecureWorld.deadline(doors)
                guard let secured = await keeper.server.secure(stream) as? TLSStream else { return }
                var request: [UInt8] = []
                _ = try? await secured.receive(into: &request, limit: 4096, deadline: deadline)
                // The length is told by the end alone.
                try? await secured.send(
                    Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nten pounds".utf8), deadline: deadline)
                if isHonest { await secured.finishSending(deadline: deadline) } else { stream.finishSending() }
                await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 1))
            }
            let client = Client(doors: doors, transport: transport)
            let failure = await SecureWorld.failure(client, doors)
            #expect(failure == (isHonest ? nil : .unknown(.closed)))
            listener.close()
        }
    }

    @Test func `a cut before the end of the handshake sent nothing, one behind it may have`() throws {
        for count in [0, 100, 300, 450, 600, 800, 1000] {
            let secure = try SecureWorld()
            let keeper = try secure.keeper([secure.writePair("shop")])
            let transport = try secure.transport()
            secure.world.network.script = { _ in .cutAfterRequest(byteCount: count) }
            try secure.world.run { doors in
                let seen = Guarded(0)
                let server = Server(doors: doors) { _ in
                    seen.withLock { $0 += 1 }
                    return Response(status: 200)
                }
                server.start(try doors.network.listen(on: .ip(SecureWorld.address, port: 443))) {
                    await keeper.server.secure($0)
                }
                let client = Client(doors: doors, transport: transport)
                let failure = await SecureWorld.failure(client, doors, "/pay", body: String(repeating: "x", count: 300))
                switch failure {
                case .notSent: #expect(seen.withLock { $0 } == 0)
                case .unknown: #expect(seen.withLock { $0 } <= 1)
                case nil: #expect(seen.withLock { $0 } == 1)
                }
                if count < 400 { #expect(failure.map { if case .notSent = $0 { true } else { false } } == true) }
                await server.stop(withinSeconds: 1)
            }
        }
    }
}
