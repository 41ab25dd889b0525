import CLinux
import Glibc
import Runtime
import Synchronization

/// A listening socket. Loop 0 accepts and deals the streams round-robin. Once started it accepts until it is closed,
/// whether or not anybody holds it.
final class SocketListener: Listener {
    let address: SocketAddress
    private let descriptor: CInt
    private let scheduler: LoopScheduler
    private let isClosed = Atomic(false)
    private let acceptor = Guarded<Acceptor?>(nil)

    /// Binds and listens; see ``Network/listen(on:)``.
    init(on address: SocketAddress, scheduler: LoopScheduler) throws(NetworkError) {
        guard let native = NativeAddress(address) else { throw .other(EINVAL) }
        let descriptor = try SocketCall.open(for: address, kind: SocketCall.stream)
        do throws(NetworkError) {
            try Self.bind(descriptor, to: address, native)
            guard Glibc.listen(descriptor, 4096) == 0 else { throw NetworkError(errno: errno) }
        } catch {
            _ = Glibc.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.scheduler = scheduler
        self.address = if case .unix = address { address } else { SocketCall.localAddress(of: descriptor) }
    }

    deinit { close() }

    func start(limit: Int, _ body: @escaping @Sendable (any ByteStream) async -> Void) {
        precondition(limit > 0, "a listener without room")
        let new = Acceptor(descriptor, of: self, limit: limit, scheduler: scheduler, body)
        let isFirst = acceptor.withLock { acceptor -> Bool in
            guard acceptor == nil else { return false }
            acceptor = new
            return true
        }
        precondition(isFirst, "a listener started twice")
        scheduler.loops[0].post { new.resume() }
    }

    func close() {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        // This frees the address at once, whichever thread calls; the descriptor must stay while loop 0 may use it.
        _ = shutdown(descriptor, CInt(SHUT_RDWR))
        if case .unix(let path) = address { _ = unsafe unlink(path) }
        let descriptor = descriptor
        let acceptor = acceptor.withLock { $0 }
        scheduler.loops[0].post {
            acceptor?.stop()
            _ = Glibc.close(descriptor)
        }
    }

    private static func bind(
        _ descriptor: CInt, to address: SocketAddress, _ native: NativeAddress
    ) throws(NetworkError) {
        switch address {
        case .ip(let ip, _):
            // No SO_REUSEPORT: a second server must not share the port unnoticed.
            SocketCall.reuseAddress(descriptor)
            if case .v6(0, 0) = ip { SocketCall.acceptBothFamilies(descriptor) }
            guard SocketCall.bind(descriptor, to: native) == 0 else { throw NetworkError(errno: errno) }
        case .unix(let path):
            if SocketCall.bind(descriptor, to: native) != 0 {
                guard errno == EADDRINUSE else { throw NetworkError(errno: errno) }
                guard try isLeftOver(address, native, path) else { throw .addressInUse }
                _ = unsafe unlink(path)
                guard SocketCall.bind(descriptor, to: native) == 0 else { throw NetworkError(errno: errno) }
            }
            // Nobody can connect before `listen`, so nobody meets the wider mode.
            guard unsafe chmod(path, 0o600) == 0 else { throw NetworkError(errno: errno) }
        }
    }

    /// Whether `path` is a socket behind which nobody listens.
    private static func isLeftOver(
        _ address: SocketAddress, _ native: NativeAddress, _ path: String
    ) throws(NetworkError) -> Bool {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return false }
        let probe = try SocketCall.open(for: address, kind: SocketCall.stream)
        defer { _ = Glibc.close(probe) }
        return SocketCall.connect(probe, to: native) != 0 && errno == ECONNREFUSED
    }
}
