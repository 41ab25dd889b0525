import Crypto
import Runtime
import TLS
import X509

/// Handshakes and records in memory, each end on its own clock.
struct TLSBenchmark {
    let doors: Doors

    private static let now: Int64 = 1_800_000_000
    private static let name = ServerName.dns("shop.example")

    func run() throws {
        let random = self.random
        let key = try PrivateKey(random: random)
        let certificate = try CertificateTemplate.selfSigned(
            for: [Self.name], key: key, notBefore: Self.now - 1, notAfter: Self.now + 86_400, random: random)
        let client = ClientConfiguration(trust: TrustStore(certificates: [certificate]))
        let server = ServerConfiguration(
            identities: [try Identity(chain: [certificate], key: key)], tickets: TicketKeys())
        for version in [ProtocolVersion.tls13, .tls12] {
            var client = client
            client.maximumVersion = version
            try handshakes(client, server, isResumed: false)
            if version == .tls13 { try handshakes(client, server, isResumed: true) }
        }
        for suite in [CipherSuite.chaCha20Poly1305SHA256, .aes128GCMSHA256] {
            var client = client
            client.cipherSuites = [suite]
            try bulk(client, server)
        }
    }

    private var random: @Sendable (Int) -> [UInt8] {
        let generator = DeterministicRandom(seed: 1)
        let numbers = Guarded(UInt64(0))
        return { count in
            let number = numbers.withLock { value in
                value += 1
                return value
            }
            return generator.bytes(count, purpose: [], number: number)
        }
    }

    private func nanoseconds(_ body: () throws -> Void) rethrows -> UInt64 {
        let start = doors.clock.instant()
        try body()
        return doors.clock.instant().nanoseconds(since: start)
    }

    /// Handshakes each end does in a second of its own time, tickets among them.
    private func handshakes(_ client: ClientConfiguration, _ server: ServerConfiguration, isResumed: Bool) throws {
        let random = self.random
        var clientTimes: [UInt64] = []
        var serverTimes: [UInt64] = []
        var session: Session?
        var version = ProtocolVersion.tls13
        for round in 0..<800 {
            var first = Connection(client: client, name: Self.name, now: Self.now, random: random)
            var clientTime = nanoseconds {
                first = Connection(
                    client: client, name: Self.name, session: isResumed ? session : nil, now: Self.now, random: random)
            }
            var second = Connection(server: server, now: Self.now, random: random)
            var serverTime: UInt64 = 0
            while true {
                let toServer = first.takeOutput()
                serverTime += try nanoseconds { try second.receive(toServer) }
                let toClient = second.takeOutput()
                clientTime += try nanoseconds { try first.receive(toClient) }
                if toServer.isEmpty, toClient.isEmpty { break }
            }
            guard let summary = first.summary, summary.isResumed == (isResumed && round > 0) else {
                throw UsageError("a TLS handshake that works")
            }
            version = summary.version
            session = first.takeSession()
            guard round > 0 else { continue }
            clientTimes.append(clientTime)
            serverTimes.append(serverTime)
        }
        for (role, times) in [("server", serverTimes), ("client", clientTimes)] {
            // The quicker half's slowest: what else the machine does is left out.
            let median = times.sorted()[times.count / 2]
            var figures = Figures(
                "tls-handshake-\(version == .tls13 ? "1.3" : "1.2")-\(isResumed ? "resumed" : "full")-\(role)")
            figures.add("microseconds", Int(median / 1000))
            figures.add("per_second", Int(1_000_000_000 / max(1, median)))
            figures.print()
        }
    }

    /// Sealing and opening records of 16 KiB.
    private func bulk(_ client: ClientConfiguration, _ server: ServerConfiguration) throws {
        var first = Connection(client: client, name: Self.name, now: Self.now, random: random)
        var second = Connection(server: server, now: Self.now, random: random)
        while !second.isEstablished || first.hasOutput || second.hasOutput {
            try second.receive(first.takeOutput())
            try first.receive(second.takeOutput())
        }
        let chunk = [UInt8](repeating: 0x61, count: 1 << 16)
        var sealing = UInt64.max
        var opening = UInt64.max
        for _ in 0..<400 {
            sealing = min(sealing, try nanoseconds { try first.send(chunk) })
            let sealed = first.takeOutput()
            var plaintext: [UInt8] = []
            opening = min(
                opening,
                try nanoseconds {
                    try second.receive(consume sealed)
                    _ = second.takePlaintext(into: &plaintext)
                })
            guard plaintext.count == chunk.count else { throw UsageError("TLS records that work") }
        }
        var figures = Figures("tls-records-\(first.summary?.cipherSuite.rawValue ?? 0)")
        figures.add("sealed_megabytes_per_second", Int(UInt64(chunk.count) * 1000 / max(1, sealing)))
        figures.add("opened_megabytes_per_second", Int(UInt64(chunk.count) * 1000 / max(1, opening)))
        figures.print()
    }
}
