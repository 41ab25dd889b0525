import HTTP
import HTTPS
import Runtime
import Simulation
import Testing
import X509

@Suite struct TrustLoaderTests {
    private let secure: SecureWorld

    init() throws {
        secure = try SecureWorld()
        for directory in ["/etc", "/etc/ssl"] { try secure.world.disk.makeDirectory(directory) }
        try secure.write("/etc/ssl/cert.pem", secure.authority.root.pem)
    }

    private var loadLines: [String] { secure.world.logLines.filter { $0.contains("roots loaded") } }

    @Test func `the system's roots are read by the first connection, and once for those that come together`() throws {
        let trust = try secure.trust(nil)
        let transport = TLSTransport(doors: secure.world.doors, trust: trust)
        let keeper = try secure.keeper([secure.writePair("shop")])
        try secure.world.run { doors in
            #expect(trust.loaded == nil)
            #expect(loadLines.isEmpty)
            let server = try SecureWorld.serve(doors, keeper.server)
            let statuses = Guarded<[Int]>([])
            let client = Client(doors: doors, transport: transport)
            for _ in 0..<3 {
                doors.scheduler.spawn(on: 0) {
                    let status = try? await SecureWorld.get(client, doors).status
                    statuses.withLock { $0.append(status ?? 0) }
                }
            }
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 5))
            #expect(statuses.withLock { $0 } == [200, 200, 200])
            #expect(trust.loaded?.about == "/etc/ssl/cert.pem, 1 roots")
            #expect(loadLines.count == 1)
            #expect(loadLines.first?.contains("/etc/ssl/cert.pem, 1 roots") == true)
            client.closeIdle()
            await server.stop(withinSeconds: 1)
        }
    }

    @Test func `denied keys are read at once and hold for roots that are read later`() throws {
        try secure.write("bad", "00:11\n")
        #expect(throws: CertificateFileError.self) { try secure.trust(nil, denied: "bad") }
        let hash = try secure.authority.leaf([SecureWorld.host]).certificate.spkiHash
        try secure.write("denied", hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
        let trust = try secure.trust(nil, denied: "denied")
        #expect(trust.loaded == nil)
        #expect(trust.load().store.deniedKeys == [hash])
    }

    @Test func `what was named is read at once, and no connection tells of it again`() throws {
        let trust = try secure.trust()
        #expect(trust.loaded?.about == "root.pem, 1 roots")
        let transport = TLSTransport(doors: secure.world.doors, trust: trust)
        let keeper = try secure.keeper([secure.writePair("shop")])
        try secure.world.run { doors in
            let server = try SecureWorld.serve(doors, keeper.server)
            let client = Client(doors: doors, transport: transport)
            #expect(try await SecureWorld.get(client, doors).status == 200)
            client.closeIdle()
            await server.stop(withinSeconds: 1)
        }
        #expect(loadLines.isEmpty)
    }
}
