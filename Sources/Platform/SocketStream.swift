import Runtime

/// A stream over a TCP or Unix-domain socket. Receiving and sending happen on its loop; closing may come from anywhere.
final class SocketStream: ByteStream {
    let peer: SocketAddress
    private let socket: LoopSocket

    init(_ socket: LoopSocket, peer: SocketAddress) {
        self.socket = socket
        self.peer = peer
    }

    deinit { close() }

    func receive(
        into buffer: inout [UInt8], limit: Int, deadline: Instant
    ) async throws(NetworkError) -> Int {
        precondition(limit > 0, "a receive without room")
        precondition(socket.loop.isCurrent, "a stream used outside its loop")
        while true {
            if let count = try socket.tryReceive(into: &buffer, limit: limit) {
                await socket.yieldAfterBurst()
                return count
            }
            try await socket.waitReadable(until: deadline)
        }
    }

    func send(_ bytes: [UInt8], deadline: Instant) async throws(NetworkError) {
        precondition(socket.loop.isCurrent, "a stream used outside its loop")
        var sent = 0
        while sent < bytes.count {
            if let count = try socket.trySend(bytes, from: sent) {
                sent += count
            } else {
                try await socket.waitWritable(until: deadline)
            }
        }
    }

    func finishSending() {
        onLoop { $0.finishSending() }
    }

    func close() {
        onLoop { $0.close() }
    }

    private func onLoop(_ action: @escaping @Sendable (LoopSocket) -> Void) {
        let socket = socket
        if socket.loop.isCurrent {
            action(socket)
        } else {
            socket.loop.post { action(socket) }
        }
    }
}
