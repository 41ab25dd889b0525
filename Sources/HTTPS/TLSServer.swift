package import Runtime
package import TLS

/// The server's side of TLS: performs handshakes on accepted streams, as many at a time as its limits let it, with
/// whatever configuration is the newest.
package final class TLSServer: Sendable {
    private struct State: Sendable {
        var configuration: ServerConfiguration
        var openCount = 0
        /// Handshakes under way by address.
        var openCounts: [IPAddress: Int] = [:]
    }

    private static let handshakeSeconds = 10
    private static let lingerMilliseconds = 500
    /// Handshakes under way; who comes when there are more is cut off at once.
    private static let limit = 1024
    /// Handshakes under way with one address, or one network of IPv6.
    private static let limitPerAddress = 128

    private let doors: Doors
    /// Who may bring many visitors at once.
    private let proxies: [CIDR]
    private let state: Guarded<State>

    /// - Parameter doors: with the clock of the machine, by which tickets age.
    package init(doors: Doors, configuration: ServerConfiguration, proxies: [CIDR] = []) {
        self.doors = doors
        self.proxies = proxies
        state = Guarded(State(configuration: configuration))
    }

    /// Connections from now on use `configuration`; open ones go on as they are.
    package func use(_ configuration: ServerConfiguration) {
        state.withLock { $0.configuration = configuration }
    }

    /// Handshakes under way.
    package var handshakeCount: Int { state.withLock { $0.openCount } }

    /// Performs the handshake on `stream`; nil when the peer cannot be served, which was told where it could be.
    package func secure(_ stream: any ByteStream) async -> (any ByteStream)? {
        let place = Self.place(of: stream.peer)
        guard let configuration = enter(place) else { return nil }
        defer { leave(place) }
        let deadline = doors.clock.instant().adding(seconds: Self.handshakeSeconds)
        var first: [UInt8] = []
        do throws(NetworkError) {
            guard try await stream.receive(into: &first, limit: 16 * 1024, deadline: deadline) > 0 else { return nil }
            if Self.isPlainText(first) {
                try await stream.send(Self.plainTextAnswer, deadline: deadline)
                await linger(stream)
                return nil
            }
        } catch {
            return nil
        }
        let entropy = doors.entropy
        let connection = Connection(
            server: configuration, now: doors.clock.now().seconds, random: { entropy.bytes($0) })
        let secured = TLSStream(over: stream, connection, doors: doors)
        do throws(HandshakeError) {
            try await secured.handshake(received: first, deadline: deadline)
            return secured
        } catch .network {
            return nil
        } catch {
            await linger(stream)
            return nil
        }
    }

    /// Lets the last words arrive: closing while the peer still sends would reset the connection and could take them
    /// with it.
    private func linger(_ stream: any ByteStream) async {
        stream.finishSending()
        let deadline = doors.clock.instant().adding(milliseconds: Self.lingerMilliseconds)
        var dropped: [UInt8] = []
        do throws(NetworkError) {
            for _ in 0..<16 {
                dropped.removeAll(keepingCapacity: true)
                if try await stream.receive(into: &dropped, limit: 16 * 1024, deadline: deadline) == 0 { return }
            }
        } catch {
            // However this ended, the connection is over.
        }
    }

    // MARK: Limits

    private func enter(_ place: IPAddress?) -> ServerConfiguration? {
        let isProxy = place.map { place in proxies.contains { $0.contains(place) } } ?? true
        return state.withLock { state -> ServerConfiguration? in
            guard state.openCount < Self.limit else { return nil }
            if let place {
                let count = state.openCounts[place] ?? 0
                guard isProxy || count < Self.limitPerAddress else { return nil }
                state.openCounts[place] = count + 1
            }
            state.openCount += 1
            return state.configuration
        }
    }

    private func leave(_ place: IPAddress?) {
        state.withLock { state in
            state.openCount -= 1
            guard let place, let count = state.openCounts[place] else { return }
            state.openCounts[place] = count > 1 ? count - 1 : nil
        }
    }

    /// What counts as one visitor: an IPv4 address, or a network of 64 bits, of which one IPv6 host has all.
    private static func place(of peer: SocketAddress) -> IPAddress? {
        guard case .ip(let address, _) = peer else { return nil }
        switch address.unmapped {
        case .v4: return address.unmapped
        case .v6(let high, _): return .v6(high: high, low: 0)
        }
    }

    // MARK: Plain HTTP

    /// Whether the first bytes are of a request line instead of a handshake.
    private static func isPlainText(_ bytes: [UInt8]) -> Bool {
        bytes.prefix(4).allSatisfy { (0x41...0x5a).contains($0) || $0 == 0x20 }
    }

    private static let plainTextAnswer: [UInt8] = {
        let body = "This port speaks HTTPS: use https:// in the address.\n"
        return Array(
            ("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n" + body).utf8)
    }()
}
