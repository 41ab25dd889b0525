package import HTTP
package import Runtime

/// A vendor's address: answers calls over any network, and can be down, cut and keep silent.
package final class PeerServer: Sendable {
    /// How a call ends.
    package enum Reply: Sendable {
        case answer(Response)
        /// The connection ends before a byte of the answer.
        case cut
        /// The connection ends in the middle of the answer.
        case cutWithin(Response)
        /// No answer ever comes.
        case silence
    }

    private struct State: Sendable {
        var address: SocketAddress?
        var listener: (any Listener)?
        var streams: [PeerStream] = []
    }

    private let doors: Doors
    private let server: Server
    private let state = Guarded(State())

    package init(doors: Doors, handler: @escaping @Sendable (Request) async -> Reply) {
        self.doors = doors
        server = Server(doors: doors) { request in
            switch await handler(request) {
            case .answer(let response): return response
            case .cut: return PeerStream.marked(Response(status: 500), PeerStream.cutMark)
            case .cutWithin(let response): return PeerStream.marked(response, PeerStream.cutWithinMark)
            case .silence:
                // Longer than any caller waits.
                await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 600))
                return PeerStream.marked(Response(status: 500), PeerStream.cutMark)
            }
        }
    }

    /// Listens and answers.
    package func start(on address: SocketAddress) throws(NetworkError) {
        let listener = try doors.network.listen(on: address)
        let bound = listener.address
        state.withLock { state in
            state.address = bound
            state.listener = listener
        }
        server.start(listener) { stream in
            let stream = PeerStream(stream)
            self.state.withLock { state in
                state.streams.removeAll { $0.isClosed }
                state.streams.append(stream)
            }
            return stream
        }
    }

    /// Where it listens, with its port.
    package var address: SocketAddress? { state.withLock { $0.address } }

    /// From now on connections are refused; those that are open are cut.
    package func goDown() {
        let (listener, streams) = state.withLock { state in
            defer {
                state.listener = nil
                state.streams = []
            }
            return (state.listener, state.streams)
        }
        listener?.close()
        for stream in streams { stream.close() }
    }

    /// Answers again at the same address.
    package func comeBack() throws(NetworkError) {
        let address = state.withLock { $0.listener == nil ? $0.address : nil }
        guard let address else { return }
        try start(on: address)
    }
}
