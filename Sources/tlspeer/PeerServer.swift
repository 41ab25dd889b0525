import HTTPS
import Platform
import Runtime
import TLS
import X509

/// Answers `GET /N` with N bytes and any upload with how many bytes came, over TLS.
struct PeerServer: Sendable {
    private let options: PeerOptions
    private let doors: Doors

    init(_ options: PeerOptions, _ doors: Doors) {
        self.options = options
        self.doors = doors
    }

    func run() async throws {
        var identities: [Identity] = []
        let entropy = doors.entropy
        for pair in options.pairs {
            let chain = try PEM.blocks(in: try PeerFile.read(pair.chain, doors)).compactMap(\.der)
                .map { der throws(CertificateError) in try Certificate(der: der) }
            let key = try PrivateKey(pem: try PeerFile.read(pair.key, doors), random: { entropy.bytes($0) })
            identities.append(try Identity(chain: chain, key: key))
        }
        var configuration = ServerConfiguration(identities: identities, tickets: TicketKeys())
        options.apply(to: &configuration)
        let listener = try doors.network.listen(on: .ip(.v4(0x7f00_0001), port: 0))
        guard case .ip(_, let port) = listener.address else { throw PeerError("no port") }
        HostProcess.write("port \(port)\n", to: .standardOutput)
        let settings = configuration
        listener.start(limit: 100) { stream in await serve(stream, settings) }
        await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 3600))
    }

    private func serve(_ accepted: any ByteStream, _ configuration: ServerConfiguration) async {
        let deadline = doors.clock.instant().adding(seconds: 20)
        let entropy = doors.entropy
        let connection = Connection(
            server: configuration, now: doors.clock.now().seconds, random: { entropy.bytes($0) })
        let stream = TLSStream(over: accepted, connection, doors: doors)
        do throws(HandshakeError) {
            try await stream.handshake(deadline: deadline)
        } catch {
            PeerReport.write(error: error.reason)
            return
        }
        var count = 0
        var isClean = false
        do throws(NetworkError) {
            count = try await answer(stream, deadline)
            isClean = true
            await stream.finishSending(deadline: deadline)
            var rest: [UInt8] = []
            // Whether the client says goodbye is not always up to it; waiting a moment lets it read to the end.
            _ = try await stream.receive(
                into: &rest, limit: 1, deadline: doors.clock.instant().adding(milliseconds: 200))
        } catch {
            // The report tells.
        }
        if let summary = stream.summary { PeerReport.write(summary, byteCount: count, isClean: isClean) }
    }

    /// - Returns: how many bytes of a body came.
    private func answer(_ stream: TLSStream, _ deadline: Instant) async throws(NetworkError) -> Int {
        var received: [UInt8] = []
        let end = Array("\r\n\r\n".utf8)
        var headEnd: Int?
        while headEnd == nil {
            guard try await stream.receive(into: &received, limit: 16_384, deadline: deadline) > 0 else {
                throw .closed
            }
            headEnd = (0...max(0, received.count - 4)).first { received[$0...].starts(with: end) }
        }
        let head = String(decoding: received[..<(headEnd ?? 0)], as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        let expected = lines.compactMap { line -> Int? in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { return nil }
            return Int(parts[1].filter { $0 != " " })
        }.first
        var count = received.count - (headEnd ?? 0) - 4
        while count < expected ?? 0 {
            var more: [UInt8] = []
            let taken = try await stream.receive(into: &more, limit: 65_536, deadline: deadline)
            guard taken > 0 else { throw .closed }
            count += taken
        }
        let path = lines.first?.split(separator: " ").dropFirst().first ?? "/0"
        let body =
            expected == nil ? [UInt8](repeating: 0x78, count: Int(path.dropFirst()) ?? 0) : Array("\(count)".utf8)
        try await stream.send(
            Array("HTTP/1.0 200 OK\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body, deadline: deadline)
        return count
    }
}
