package import Runtime

/// The network of a world: one machine whose tasks reach each other, and hosts played by listeners on their addresses.
///
/// A listener on the address of a host plays that host; one on the unspecified address (0.0.0.0 or ::) hears what is
/// sent to loopback and to `localAddresses`. Streams behave like TCP of Linux: bytes arrive in order, in pieces, later;
/// closing with bytes unread resets.
///
/// Unchecked: a world is driven by one thread, which `trace.thread` asserts.
package final class SimulatedNetwork: Network, @unchecked Sendable {
    /// How it behaves. May be changed at any time.
    package var options: NetworkOptions
    /// Addresses of host names; `localhost` and spelled addresses need no entry.
    package var hosts: [String: [IPAddress]] = [:]
    /// The machine's own addresses besides loopback; the first is the source of connections to elsewhere.
    package var localAddresses: [IPAddress] = [.v4(0x0a00_0001)]
    /// Decides what goes wrong with each attempt to connect; nil from it means nothing.
    package var script: (@Sendable (ConnectionAttempt) -> ConnectionFault?)?
    /// How often each fault happened.
    package internal(set) var fired = NetworkFaultCounts()
    /// Attempts to connect so far.
    package private(set) var attemptCount = 0
    /// Streams not closed, both ends counted.
    package internal(set) var openStreamCount = 0

    let scheduler: SimulatedScheduler
    let trace: Trace
    private var generator: SeededGenerator
    private var listeners: [SocketAddress: SimulatedListener] = [:]
    private var nextPort: UInt16 = 49_152
    private var pairs: [WeakPair] = []
    private var sweepCount = 64

    private struct WeakPair {
        weak var request: SimulatedPipe?
        weak var response: SimulatedPipe?
    }

    init(seed: UInt64, options: NetworkOptions, scheduler: SimulatedScheduler) {
        self.options = options
        self.scheduler = scheduler
        trace = scheduler.trace
        generator = SeededGenerator(seed: seed, purpose: 3)
    }

    package func listen(on address: SocketAddress) throws(NetworkError) -> any Listener {
        var bound = address
        if case .ip(let ip, 0) = address {
            repeat { bound = .ip(ip, port: freePort()) } while listeners[bound] != nil
        }
        trace.record(.listen, UInt64(listeners.count))
        guard listeners[bound] == nil else { throw .addressInUse }
        if case .unix(let path) = bound, path.isEmpty || path.utf8.count > 107 { throw .other(22) }
        let listener = SimulatedListener(address: bound, network: self)
        listeners[bound] = listener
        return listener
    }

    package func connect(
        to address: SocketAddress, deadline: Instant
    ) async throws(NetworkError) -> any ByteStream {
        try await connect(from: nil, to: address, deadline: deadline)
    }

    /// Connects as if from `source`, which the listening side sees as its peer; nil stands for this machine.
    package func connect(
        from source: IPAddress?, to address: SocketAddress, deadline: Instant
    ) async throws(NetworkError) -> any ByteStream {
        attemptCount += 1
        trace.record(.connect, UInt64(attemptCount))
        let fault = script?(ConnectionAttempt(number: attemptCount, address: address)) ?? seededConnectFault()
        if fault == .timeOut {
            fired.timeouts += 1
            await scheduler.sleep(until: deadline)
            throw .deadlinePassed
        }
        let arrival = delayedMoment()
        guard arrival <= deadline else {
            await scheduler.sleep(until: deadline)
            throw .deadlinePassed
        }
        await scheduler.sleep(until: arrival)
        if fault == .refuse {
            fired.refusals += 1
            throw .refused
        }
        guard let listener = listener(for: address), listener.hasRoom else { throw .refused }
        guard openStreamCount + 2 <= options.streamLimit else { throw .exhausted }
        let (near, far) = makePair(address: address, source: sourceAddress(source, to: address), fault: fault)
        listener.accept(far)
        return near
    }

    package func resolve(_ name: String, deadline: Instant) async throws(NetworkError) -> [IPAddress] {
        trace.record(.resolve, Trace.hash(name))
        if let address = IPAddress(name) { return [address] }
        let arrival = delayedMoment()
        await scheduler.sleep(until: min(arrival, deadline))
        guard arrival <= deadline else { throw .deadlinePassed }
        if let addresses = hosts[name], !addresses.isEmpty { return addresses }
        if name == "localhost" { return [.v4(0x7f00_0001)] }
        throw .nameNotFound
    }

    /// Resets every open stream.
    package func cutAll() {
        for pair in pairs { pair.request?.reset() }
        pairs = []
    }

    private func makePair(
        address: SocketAddress, source: SocketAddress, fault: ConnectionFault?
    ) -> (near: SimulatedStream, far: SimulatedStream) {
        let request = SimulatedPipe(network: self)
        let response = SimulatedPipe(network: self)
        let reset = { [weak request, weak response] in
            request?.breakOff()
            response?.breakOff()
        }
        let silence = { [weak request, weak response] in
            request?.fallSilent()
            response?.fallSilent()
        }
        request.reset = reset
        response.reset = reset
        request.silence = silence
        response.silence = silence
        switch fault {
        case .cutAfterRequest(let count): request.fate = .cut(after: count)
        case .cutAfterResponse(let count): response.fate = .cut(after: count)
        case .silenceAfterRequest(let count): request.fate = .silence(after: count)
        case .silenceAfterResponse(let count): response.fate = .silence(after: count)
        case .refuse, .timeOut, nil: break
        }
        openStreamCount += 2
        if pairs.count >= sweepCount {
            pairs.removeAll { $0.request == nil && $0.response == nil }
            sweepCount = max(64, pairs.count * 2)
        }
        pairs.append(WeakPair(request: request, response: response))
        return (
            SimulatedStream(peer: address, incoming: response, outgoing: request, network: self),
            SimulatedStream(peer: source, incoming: request, outgoing: response, network: self)
        )
    }

    private func listener(for address: SocketAddress) -> SimulatedListener? {
        if let listener = listeners[address] { return listener }
        guard case .ip(let ip, let port) = address else { return nil }
        guard ip.isLoopback || localAddresses.contains(ip) else { return nil }
        if case .v4 = ip, let listener = listeners[.ip(.v4(0), port: port)] { return listener }
        return listeners[.ip(.v6(high: 0, low: 0), port: port)]
    }

    private func sourceAddress(_ source: IPAddress?, to address: SocketAddress) -> SocketAddress {
        switch address {
        case .unix: .unix(path: "")
        case .ip(let ip, _):
            .ip(source ?? (ip.isLoopback ? ip : localAddresses.first ?? ip), port: freePort())
        }
    }

    private func freePort() -> UInt16 {
        defer { nextPort = nextPort == .max ? 49_152 : nextPort + 1 }
        return nextPort
    }

    private func seededConnectFault() -> ConnectionFault? {
        if generator.happens(perMillion: options.refusalChance) { return .refuse }
        return generator.happens(perMillion: options.timeoutChance) ? .timeOut : nil
    }

    /// Faults that strike a stream as it sends a piece.
    func applySeededFaults(to pipe: SimulatedPipe) {
        if generator.happens(perMillion: options.cutChance) { pipe.fate = .cut(after: 0) }
        if generator.happens(perMillion: options.silenceChance) { pipe.fate = .silence(after: 0) }
    }

    /// When something sent now arrives, at the earliest.
    func delayedMoment() -> Instant {
        var delay = generator.number(in: options.delayNanoseconds)
        if generator.happens(perMillion: options.dropChance) {
            fired.drops += 1
            delay += generator.number(in: 200_000_000...3_000_000_000)
        }
        return Instant(nanoseconds: scheduler.now.nanoseconds &+ delay)
    }

    /// How many of `count` (at least 1) bytes go together: few, some or all.
    func pieceByteCount(_ count: Int) -> Int {
        guard options.isSegmenting, count > 1 else { return count }
        switch generator.below(8) {
        case 0: return 1
        case 1: return 1 + generator.below(min(count, 16))
        case 2...4: return 1 + generator.below(count)
        default: return count
        }
    }

    func giveWaySometimes() async {
        if options.isSegmenting, generator.below(4) == 0 { await scheduler.giveWay() }
    }

    func stopListening(_ listener: SimulatedListener) {
        listeners[listener.address] = nil
    }

    /// Lets go of all streams and listeners, when the world ends.
    func abandon() {
        for listener in listeners.values { listener.abandon() }
        listeners = [:]
        for pair in pairs {
            pair.request?.abandon()
            pair.response?.abandon()
        }
        pairs = []
        script = nil
    }
}
