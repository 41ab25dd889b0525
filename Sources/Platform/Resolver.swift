import Bytes
import Glibc
import Runtime

/// Looks up host names: `/etc/hosts`, then the servers of `/etc/resolv.conf`, which are read anew for each lookup that
/// the cache cannot answer.
struct Resolver {
    let network: LinuxNetwork
    let loop: EventLoop
    let cache: ResolverCache

    private static let fileLimit = 1 << 18

    func resolve(_ name: String, deadline: Instant) async throws(NetworkError) -> [IPAddress] {
        guard let labels = DNSMessage.labels(of: name) else { throw .nameNotFound }
        let key = labels.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".")
        if let addresses = cache.addresses(of: key, at: LinuxClock().instant()) {
            guard !addresses.isEmpty else { throw .nameNotFound }
            return addresses
        }
        let listed = HostsFile.addresses(of: key, in: Self.text(of: "/etc/hosts"))
        if !listed.isEmpty { return listed }
        // RFC 6761 section 6.3.
        if labels.last == Array("localhost".utf8) { return [.v4(0x7f00_0001), .v6(high: 0, low: 1)] }
        let configuration = ResolverConfiguration(Self.text(of: "/etc/resolv.conf"))
        return try await lookUp(key, configuration, deadline)
    }

    /// Asks the servers of `configuration` for `name`, which is in lower case, and remembers the answer, also that
    /// there is none.
    func lookUp(
        _ name: String, _ configuration: ResolverConfiguration, _ deadline: Instant
    ) async throws(NetworkError) -> [IPAddress] {
        var absenceSeconds = UInt32.max
        for candidate in configuration.candidates(for: name) {
            let answer = try await ask(candidate, configuration, deadline)
            guard answer.addresses.isEmpty else {
                cache.store(answer.addresses, of: name, seconds: answer.timeToLiveSeconds, at: LinuxClock().instant())
                return answer.addresses
            }
            absenceSeconds = min(absenceSeconds, answer.timeToLiveSeconds)
        }
        cache.store([], of: name, seconds: absenceSeconds, at: LinuxClock().instant())
        throw .nameNotFound
    }

    /// The addresses of `name`, none when it is known to have none.
    private func ask(
        _ name: String, _ configuration: ResolverConfiguration, _ deadline: Instant
    ) async throws(NetworkError) -> DNSAnswer {
        for _ in 0..<configuration.attempts {
            for server in configuration.servers {
                let now = LinuxClock().instant()
                guard now < deadline else { throw .deadlinePassed }
                let limit = min(deadline, now.adding(seconds: configuration.timeoutSeconds))
                do {
                    return try await ask(name, at: server, limit)
                } catch DNSError.nameNotFound(let seconds) {
                    return DNSAnswer(addresses: [], timeToLiveSeconds: seconds)
                } catch {
                    continue
                }
            }
        }
        if LinuxClock().instant() >= deadline { throw .deadlinePassed }
        throw .nameNotFound
    }

    private struct Question {
        let id: UInt16
        let type: DNSRecordType
        var answer: DNSAnswer?
    }

    /// Asks one server for both kinds of address; what one kind gives is enough when the other never comes.
    private func ask(_ name: String, at server: SocketAddress, _ deadline: Instant) async throws -> DNSAnswer {
        let socket = try openSocket(to: server)
        defer { socket.close() }
        var questions = [Question(id: Self.random(), type: .a), Question(id: Self.random(), type: .aaaa)]
        for question in questions {
            guard let query = DNSMessage.query(id: question.id, name: name, type: question.type) else {
                throw DNSError.nameNotFound(timeToLiveSeconds: 0)
            }
            _ = try socket.trySend(query, from: 0)
        }
        var datagram: [UInt8] = []
        // Forged datagrams must not keep the loop busy.
        var datagramCount = 0
        while questions.contains(where: { $0.answer == nil }), datagramCount < 64 {
            datagram.removeAll(keepingCapacity: true)
            do {
                guard try socket.tryReceive(into: &datagram, limit: 65_535) != nil else {
                    try await socket.waitReadable(until: deadline)
                    continue
                }
            } catch {
                if questions.allSatisfy({ $0.answer == nil }) { throw error }
                break
            }
            datagramCount += 1
            for index in questions.indices where questions[index].answer == nil {
                let question = questions[index]
                do {
                    questions[index].answer = try DNSMessage.answer(
                        in: datagram, id: question.id, name: name, type: question.type)
                } catch .truncated {
                    questions[index].answer = try await askReliably(name, question, at: server, deadline)
                } catch .unrelated, .malformed {
                    continue
                }
            }
        }
        let answers = questions.compactMap(\.answer)
        guard !answers.isEmpty else { throw DNSError.serverFailure }
        let positive = answers.filter { !$0.addresses.isEmpty }
        if positive.isEmpty, answers.count < questions.count { throw DNSError.serverFailure }
        // IPv4 comes first; whoever connects puts them in its own order.
        return DNSAnswer(
            addresses: answers.flatMap(\.addresses),
            timeToLiveSeconds: (positive.isEmpty ? answers : positive).map(\.timeToLiveSeconds).min() ?? 0)
    }

    /// Asks over TCP (RFC 7766), where each message has its length before it.
    private func askReliably(
        _ name: String, _ question: Question, at server: SocketAddress, _ deadline: Instant
    ) async throws -> DNSAnswer {
        guard let query = DNSMessage.query(id: question.id, name: name, type: question.type) else {
            throw DNSError.nameNotFound(timeToLiveSeconds: 0)
        }
        let stream = try await network.connect(to: server, deadline: deadline)
        defer { stream.close() }
        var writer = ByteWriter(capacity: query.count + 2)
        writer.appendBigEndian(UInt16(query.count))
        writer.append(query)
        try await stream.send(writer.bytes, deadline: deadline)
        var received: [UInt8] = []
        while received.count < 2 || received.count < 2 + (Int(received[0]) << 8 | Int(received[1])) {
            guard try await stream.receive(into: &received, limit: 65_537, deadline: deadline) > 0 else {
                throw DNSError.malformed
            }
            guard received.count <= 2 * 65_537 else { throw DNSError.malformed }
        }
        let length = Int(received[0]) << 8 | Int(received[1])
        return try DNSMessage.answer(
            in: Array(received[2..<2 + length]), id: question.id, name: name, type: question.type)
    }

    /// A datagram socket on a random port, which takes answers of `server` alone.
    private func openSocket(to server: SocketAddress) throws(NetworkError) -> LoopSocket {
        guard let native = NativeAddress(server) else { throw .other(EINVAL) }
        let descriptor = try SocketCall.open(for: server, kind: SocketCall.datagram)
        for _ in 0..<8 {
            // A guess of the port and of both ids is what a forger would need. When none of these is free, the
            // system picks.
            let any: IPAddress = if case .ip(.v6, _) = server { .v6(high: 0, low: 0) } else { .v4(0) }
            let port = max(1024, Self.random())
            if let local = NativeAddress(.ip(any, port: port)), SocketCall.bind(descriptor, to: local) == 0 { break }
        }
        guard SocketCall.connect(descriptor, to: native) == 0 else {
            let failure = NetworkError(errno: errno)
            _ = Glibc.close(descriptor)
            throw failure
        }
        return try LoopSocket(adopting: descriptor, isStream: false, loop: loop)
    }

    private static func random() -> UInt16 {
        let bytes = LinuxEntropy().bytes(2)
        return UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    }

    /// The text of a small file of the system; empty when it cannot be read.
    private static func text(of path: String) -> String {
        guard let file = try? LinuxFileSystem().open(path, .readOnly) else { return "" }
        defer { file.close() }
        guard let bytes = try? file.read(at: 0, count: fileLimit) else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }
}
