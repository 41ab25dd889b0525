package import Runtime

/// A listening address of a world.
///
/// Unchecked: a world is driven by one thread, which the network's trace asserts.
package final class SimulatedListener: Listener, @unchecked Sendable {
    package let address: SocketAddress
    private unowned let network: SimulatedNetwork
    private var body: (@Sendable (any ByteStream) async -> Void)?
    private var limit = 0
    /// Streams whose body has not returned.
    package private(set) var openCount = 0
    private var backlog: [SimulatedStream] = []
    private static let backlogLimit = 128
    private var isClosed = false

    init(address: SocketAddress, network: SimulatedNetwork) {
        self.address = address
        self.network = network
    }

    package func start(limit: Int, _ body: @escaping @Sendable (any ByteStream) async -> Void) {
        precondition(limit > 0, "a listener without room")
        precondition(self.body == nil, "a listener starts once")
        guard !isClosed else { return }
        self.body = body
        self.limit = limit
        let waiting = backlog
        backlog = []
        for stream in waiting { accept(stream) }
    }

    package func close() {
        guard !isClosed else { return }
        isClosed = true
        network.stopListening(self)
        for stream in backlog { stream.reset() }
        backlog = []
        body = nil
    }

    /// Whether a connection finds a place.
    var hasRoom: Bool { body != nil || backlog.count < Self.backlogLimit }

    func accept(_ stream: SimulatedStream) {
        guard let body else { return backlog.append(stream) }
        guard openCount < limit else { return stream.close() }
        openCount += 1
        network.scheduler.spawn(on: 0) {
            await body(stream)
            stream.close()
            self.openCount -= 1
        }
    }

    func abandon() {
        body = nil
        backlog = []
    }
}
