import TLS
import X509

/// Two ends that are connected, and somebody between them. Each pair of bytes says what happens: one side sends, a byte
/// on the way is changed, records are dropped, repeated, cut or made up, a side closes.
///
/// What an end reads is always a beginning of what the other has sent.
enum RecordFuzz {
    private static let now: Int64 = 1_800_000_000
    private static let random: @Sendable (Int) -> [UInt8] = { [UInt8](repeating: 9, count: $0) }
    private static let ends: (client: ClientConfiguration, server: ServerConfiguration)? = {
        guard let key = try? PrivateKey(random: random), let name = ServerName("shop.example"),
            let certificate = try? CertificateTemplate.selfSigned(
                for: [name], key: key, notBefore: now - 1, notAfter: now + 86_400, random: random),
            let identity = try? Identity(chain: [certificate], key: key)
        else { return nil }
        return (
            ClientConfiguration(trust: TrustStore(certificates: [certificate])),
            ServerConfiguration(identities: [identity])
        )
    }()

    static func run(_ bytes: [UInt8]) {
        guard let ends, let first = bytes.first, let name = ServerName("shop.example") else { return }
        var configuration = ends.client
        if first & 1 == 1 { configuration.maximumVersion = .tls12 }
        let suites = CipherSuite.allCases
        configuration.cipherSuites = [suites[Int(first >> 1) % suites.count]] + suites
        var client = Connection(client: configuration, name: name, now: now, random: random)
        var server = Connection(server: ends.server, now: now, random: random)
        for _ in 0..<4 {
            _ = try? server.receive(client.takeOutput())
            _ = try? client.receive(server.takeOutput())
        }
        precondition(client.isEstablished && server.isEstablished, "honest ends agree")
        var sent: (byClient: [UInt8], byServer: [UInt8]) = ([], [])
        var toServer: [UInt8] = []
        var toClient: [UInt8] = []
        for index in stride(from: 1, to: min(bytes.count, 200) - 1, by: 2) {
            let value = bytes[index + 1]
            switch bytes[index] % 8 {
            case 0:
                let plain = [UInt8](repeating: value, count: Int(value) * 5)
                if (try? client.send(plain)) != nil { sent.byClient += plain }
            case 1:
                let plain = [UInt8](repeating: value, count: Int(value) * 5)
                if (try? server.send(plain)) != nil { sent.byServer += plain }
            case 2 where !toServer.isEmpty: toServer[Int(value) % toServer.count] ^= value | 1
            case 3 where !toServer.isEmpty: toServer.removeFirst(min(toServer.count, Int(value)))
            case 4: toServer += [value % 32, 3, 3, 0, 2, value, value]
            case 5: toServer += toServer.prefix(Int(value) * 4)
            case 6: client.close()
            default: toClient += [value]
            }
            toServer += client.takeOutput()
            toClient += server.takeOutput()
            if value.isMultiple(of: 3) {
                _ = try? server.receive(toServer)
                toServer = []
                _ = try? client.receive(toClient)
                toClient = []
            }
        }
        _ = try? server.receive(toServer)
        var received: [UInt8] = []
        _ = server.takePlaintext(into: &received)
        precondition(sent.byClient.starts(with: received), "a server reads what its client has sent")
        received = []
        _ = client.takePlaintext(into: &received)
        precondition(sent.byServer.starts(with: received), "a client reads what its server has sent")
    }
}
