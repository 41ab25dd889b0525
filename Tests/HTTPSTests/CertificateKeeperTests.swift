import HTTP
import HTTPS
import Runtime
import Simulation
import TLS
import Testing
import X509

@Suite struct CertificateKeeperTests {
    private static func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return (error as? CertificateFileError)?.message ?? "\(error)"
        }
    }

    private static func load(_ secure: SecureWorld, _ pairs: [CertificateFiles.Pair], host: String? = nil) throws {
        _ = try CertificateKeeper(CertificateFiles(pairs, host: host), doors: secure.world.doors)
    }

    @Test func `what cannot serve is refused in one line that names the file`() throws {
        let secure = try SecureWorld()
        let good = try secure.writePair("good")
        let other = try secure.writePair("other", seed: 9)
        let old = try secure.writePair("old", from: -10, to: -2)
        let early = try secure.writePair("early", from: 3, to: 9)
        try secure.write("text", "nothing to see\n")
        try secure.write("cut.pem", String(secure.authority.root.pem.dropLast(60)))
        func pair(_ chain: String, _ key: String) -> CertificateFiles.Pair {
            CertificateFiles.Pair(chainPath: chain, keyPath: key)
        }
        let cases: [([CertificateFiles.Pair], String)] = [
            ([pair("missing.pem", "good.key")], "missing.pem: no such file"),
            ([pair("good.pem", "missing.key")], "missing.key: no such file"),
            ([pair("text", "good.key")], "text holds no certificate"),
            ([pair("good.pem", "text")], "text holds no private key"),
            ([pair("good.pem", other.keyPath)], "other.key does not belong to good.pem"),
            ([old], "old.pem expired on"),
            ([early], "early.pem is not valid before"),
            ([good, old], "old.pem expired on"),
        ]
        for (pairs, words) in cases {
            let message = Self.message { try Self.load(secure, pairs) }
            #expect(message.contains(words))
            #expect(!message.contains("\n"))
        }
        #expect(Self.message { try Self.load(secure, [good], host: "pay.example") }.contains("for shop.example"))
        try Self.load(secure, [good], host: SecureWorld.host)
        try Self.load(secure, [good, other], host: SecureWorld.host)
    }

    @Test func `new files serve new connections, bad ones change nothing`() throws {
        let secure = try SecureWorld()
        let pair = try secure.writePair("shop")
        let keeper = try secure.keeper([pair])
        let transport = try secure.transport()
        let second = try secure.authority.leaf([SecureWorld.host], seed: 21)
        let secondKey = try #require(second.key.pem)
        try secure.world.run { doors in
            let server = try SecureWorld.serve(doors, keeper.server)
            doors.scheduler.spawn(on: 0) { await keeper.run() }
            @Sendable func leaf() async throws -> [UInt8]? {
                let stream = try await doors.network.connect(
                    to: .ip(SecureWorld.address, port: 443), deadline: SecureWorld.deadline(doors))
                defer { stream.close() }
                // Not resumed: each time by a transport that remembers nothing.
                let fresh = TLSTransport(doors: doors, trust: try secure.trust())
                let secured = try await fresh.connect(
                    stream, host: SecureWorld.host, deadline: SecureWorld.deadline(doors))
                return secured.summary?.peerCertificates.first
            }
            let client = Client(doors: doors, transport: transport)
            #expect(try await SecureWorld.get(client, doors).status == 200)
            let first = try await leaf()
            try secure.write("shop.pem", second.certificate.pem)
            // The key is not there yet.
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 6))
            #expect(try await leaf() == first)
            try secure.write("shop.key", secondKey)
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 1))
            // A kept connection goes on.
            #expect(try await SecureWorld.get(client, doors).trace.isReusedConnection)
            keeper.reload()
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 1))
            #expect(try await leaf() == second.certificate.der)
            keeper.stop()
            client.closeIdle()
            await server.stop(withinSeconds: 1)
        }
        let told = secure.world.logLines.filter { $0.contains("certificates") }
        #expect(told.count == 2)
        #expect(told.first?.contains("does not belong") == true)
    }
}
