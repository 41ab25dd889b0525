import Glibc
import Runtime

/// The sockets of the system.
final class LinuxNetwork: Network {
    private let scheduler: LoopScheduler
    private let cache = ResolverCache()

    init(scheduler: LoopScheduler) {
        self.scheduler = scheduler
    }

    func listen(on address: SocketAddress) throws(NetworkError) -> any Listener {
        try SocketListener(on: address, scheduler: scheduler)
    }

    func connect(to address: SocketAddress, deadline: Instant) async throws(NetworkError) -> any ByteStream {
        let loop = scheduler.current
        guard let native = NativeAddress(address) else { throw .other(EINVAL) }
        let descriptor = try SocketCall.open(for: address, kind: SocketCall.stream)
        if case .ip = address { SocketCall.disableDelay(descriptor) }
        let status = SocketCall.connect(descriptor, to: native)
        // An interrupted connect goes on by itself.
        let isPending = status != 0 && (errno == EINPROGRESS || errno == EINTR)
        if status != 0, !isPending {
            // A Unix-domain listener with a full queue answers EAGAIN.
            let failure: NetworkError = errno == EAGAIN ? .refused : NetworkError(errno: errno)
            _ = Glibc.close(descriptor)
            throw failure
        }
        let socket = try LoopSocket(adopting: descriptor, isStream: true, loop: loop)
        if isPending {
            do {
                socket.beginConnecting()
                try await socket.waitWritable(until: deadline)
                try socket.finishConnecting()
            } catch {
                socket.close()
                throw error
            }
        }
        return SocketStream(socket, peer: address)
    }

    func resolve(_ name: String, deadline: Instant) async throws(NetworkError) -> [IPAddress] {
        if let address = IPAddress(name) { return [address] }
        let resolver = Resolver(network: self, loop: scheduler.current, cache: cache)
        return try await resolver.resolve(name, deadline: deadline)
    }
}
