package import Runtime

/// One end of a stream between two tasks of a world.
///
/// Unchecked: a world is driven by one thread, which the network's trace asserts.
package final class SimulatedStream: ByteStream, @unchecked Sendable {
    package let peer: SocketAddress
    private let network: SimulatedNetwork
    private let incoming: SimulatedPipe
    private let outgoing: SimulatedPipe
    private var isClosed = false

    init(peer: SocketAddress, incoming: SimulatedPipe, outgoing: SimulatedPipe, network: SimulatedNetwork) {
        self.peer = peer
        self.incoming = incoming
        self.outgoing = outgoing
        self.network = network
    }

    package func receive(
        into buffer: inout [UInt8], limit: Int, deadline: Instant
    ) async throws(NetworkError) -> Int {
        precondition(limit >= 1, "a receive of nothing would never end")
        await network.giveWaySometimes()
        while true {
            if isClosed { throw .closed }
            if incoming.availableByteCount > 0 {
                let count = incoming.take(into: &buffer, limit: limit)
                network.trace.record(.receive, UInt64(count))
                return count
            }
            switch incoming.receivedEnd {
            case .finished: return 0
            case .reset:
                incoming.acknowledgeReset()
                throw .closed
            case .none: break
            }
            guard await incoming.canReceive.wait(until: deadline, on: network.scheduler) else {
                throw isClosed ? .closed : .deadlinePassed
            }
        }
    }

    package func send(_ bytes: [UInt8], deadline: Instant) async throws(NetworkError) {
        await network.giveWaySometimes()
        var offset = 0
        while offset < bytes.count {
            if isClosed || outgoing.isBroken || outgoing.isFinished {
                incoming.acknowledgeReset()
                throw .closed
            }
            let room = outgoing.room
            if room == 0 {
                guard await outgoing.canSend.wait(until: deadline, on: network.scheduler) else {
                    throw isClosed ? .closed : .deadlinePassed
                }
                continue
            }
            let count = network.pieceByteCount(min(room, bytes.count - offset))
            network.trace.record(.segment, UInt64(count), network.scheduler.now.nanoseconds)
            network.applySeededFaults(to: outgoing)
            outgoing.transmit(bytes[offset..<offset + count])
            offset += count
        }
    }

    package func finishSending() {
        outgoing.finish()
    }

    package func close() {
        guard !isClosed else { return }
        isClosed = true
        network.trace.record(.close, UInt64(incoming.availableByteCount))
        network.openStreamCount -= 1
        outgoing.finish()
        outgoing.canSend.notify()
        incoming.closeReceiver()
    }

    // As the system closes a descriptor nobody holds any more.
    deinit { close() }

    /// Resets the stream at once, both ways, as a dying peer or network would.
    package func reset() {
        incoming.reset()
    }

    func abandon() {
        incoming.abandon()
        outgoing.abandon()
    }
}
