import HTTP
import HTTPS
import Runtime
import Simulation
import TLS
import Testing
import X509

/// A simulated world with a server that speaks TLS as `shop.example`, and a client that trusts its root.
struct SecureWorld {
    static let address = IPAddress.v4(0x0a00_0005)
    static let host = "shop.example"

    let authority: TestAuthority
    let world: World

    init(seed: UInt64 = 1, options: NetworkOptions = NetworkOptions()) throws {
        authority = try TestAuthority()
        var worldOptions = WorldOptions()
        worldOptions.network = options
        worldOptions.startTime = TestAuthority.now
        world = World(seed: seed, options: worldOptions)
        world.network.hosts = [Self.host: [Self.address], "other.example": [Self.address]]
        world.network.localAddresses = [Self.address]
        try write("root.pem", authority.root.pem)
    }

    /// Puts a file on the disk.
    func write(_ path: String, _ text: String) throws {
        if try world.disk.status(path) != nil { try world.disk.remove(path) }
        let file = try world.disk.open(path, .createNew)
        try file.write(Array(text.utf8), at: 0)
        file.close()
    }

    /// Writes a certificate and its key; answers their paths.
    func writePair(
        _ name: String, for hosts: [String] = [host], from: Int64 = -1, to: Int64 = 90, seed: UInt64 = 7
    ) throws -> CertificateFiles.Pair {
        let leaf = try authority.leaf(hosts, from: from, to: to, seed: seed)
        try write("\(name).pem", leaf.certificate.pem)
        try write("\(name).key", try #require(leaf.key.pem))
        return CertificateFiles.Pair(chainPath: "\(name).pem", keyPath: "\(name).key")
    }

    /// What trusts the root in `path`, or the file itself.
    func trust(_ path: String? = "root.pem", denied: String? = nil) throws -> TrustLoader {
        try TrustLoader(rootsPath: path, deniedKeysPath: denied, environment: { _ in nil }, doors: world.doors)
    }

    func transport(denied: String? = nil) throws -> TLSTransport {
        TLSTransport(doors: world.doors, trust: try trust(denied: denied))
    }

    /// Certificates for the server, kept from the files of `pairs`.
    func keeper(_ pairs: [CertificateFiles.Pair]) throws -> CertificateKeeper {
        try CertificateKeeper(CertificateFiles(pairs, host: nil), doors: world.doors)
    }

    /// A server on port 443 that answers with the path.
    static func serve(_ doors: Doors, _ tls: TLSServer) throws -> Server {
        let server = Server(doors: doors) { request in
            let text = request.path == "/large" ? String(repeating: "x", count: 200_000) : request.path
            return Response(status: request.isSecure ? 200 : 500, body: Array(text.utf8) + request.body)
        }
        server.start(try doors.network.listen(on: .ip(address, port: 443))) { await tls.secure($0) }
        return server
    }

    static func deadline(_ doors: Doors) -> Instant { doors.clock.instant().adding(seconds: 20) }

    /// The answer to a request to `https://host/path`.
    static func get(
        _ client: Client, _ doors: Doors, _ path: String = "/", host: String = host, body: String = ""
    ) async throws -> ClientResponse {
        let url = try #require(URL("https://\(host)\(path)"))
        let request = ClientRequest(method: .post, url: url, body: Array(body.utf8))
        return try await client.send(request, deadline: deadline(doors))
    }

    /// Why there is no answer.
    static func failure(
        _ client: Client, _ doors: Doors, _ path: String = "/", host: String = host, body: String = ""
    ) async -> ClientError? {
        do {
            _ = try await get(client, doors, path, host: host, body: body)
            return nil
        } catch {
            return error as? ClientError
        }
    }
}
