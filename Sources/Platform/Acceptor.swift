import CLinux
import Glibc
import Runtime
import Synchronization

/// The accepting half of a listener, on loop 0.
final class Acceptor: LoopEntry, @unchecked Sendable {
    // Only `openCount` is touched from other loops; the rest lives on loop 0.

    /// Accepted before other work has its turn.
    private static let acceptBudget = 64
    /// How long nothing is accepted after the system ran out of something.
    private static let pauseNanoseconds: UInt64 = 100_000_000

    private let descriptor: CInt
    private let limit: Int
    private let scheduler: LoopScheduler
    private let body: @Sendable (any ByteStream) async -> Void
    private let openCount = Atomic(0)
    /// Keeps the listener from ending before it is closed.
    private var listener: SocketListener?
    private var nextLoop = 0
    private var isWatched = false
    private var isStopped = false
    /// Given up for a moment when descriptors run out, to take a connection and close it: left waiting, it would
    /// wake the loop without end.
    private var spare: CInt

    init(
        _ descriptor: CInt, of listener: SocketListener, limit: Int, scheduler: LoopScheduler,
        _ body: @escaping @Sendable (any ByteStream) async -> Void
    ) {
        self.descriptor = descriptor
        self.listener = listener
        self.limit = limit
        self.scheduler = scheduler
        self.body = body
        spare = Self.openSpare()
    }

    private var loop: EventLoop { scheduler.loops[0] }

    /// Begins to accept, or begins again after a pause.
    func resume() {
        guard !isStopped, !isWatched else { return }
        isWatched = loop.watch(descriptor, Readiness.readable, self)
        if !isWatched { pause() }
    }

    func stop() {
        guard !isStopped else { return }
        isStopped = true
        listener = nil
        if isWatched { loop.forget(descriptor) }
        loop.cancelTimer(self)
        if spare >= 0 { _ = Glibc.close(spare) }
    }

    override func timerFired(at now: UInt64) {
        resume()
    }

    override func eventsReady(_ events: UInt32) {
        for _ in 0..<Self.acceptBudget {
            var address = NativeAddress()
            let accepted = accept(&address)
            if accepted >= 0 {
                deal(accepted, address.address)
                continue
            }
            switch errno {
            case EAGAIN, EINVAL: return  // EINVAL: closed, and `stop` is on its way.
            case EMFILE, ENFILE:
                guard refuseOne() else { return pause() }
            case ENOBUFS, ENOMEM: return pause()
            default: continue  // The connection died while it waited, or the call was interrupted.
            }
        }
    }

    private func accept(_ address: inout NativeAddress) -> CInt {
        address.withMutablePointer {
            unsafe accept4(descriptor, $0, $1, SocketCall.nonBlocking | SocketCall.closeOnExec)
        }
    }

    private func deal(_ accepted: CInt, _ peer: SocketAddress) {
        guard openCount.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            openCount.wrappingSubtract(1, ordering: .relaxed)
            _ = Glibc.close(accepted)
            return
        }
        if case .ip = peer { SocketCall.disableDelay(accepted) }
        let loop = scheduler.loops[nextLoop]
        nextLoop = (nextLoop + 1) % scheduler.loopCount
        scheduler.spawn(on: loop.index) { [self] in
            // It was closed already when the loop could not watch it.
            if let socket = try? LoopSocket(adopting: accepted, isStream: true, loop: loop) {
                let stream = SocketStream(socket, peer: peer)
                await body(stream)
                stream.close()
            }
            openCount.wrappingSubtract(1, ordering: .relaxed)
        }
    }

    /// Accepts one connection with the spare descriptor's place and closes it.
    private func refuseOne() -> Bool {
        guard spare >= 0 else {
            spare = Self.openSpare()
            return false
        }
        _ = Glibc.close(spare)
        var address = NativeAddress()
        let accepted = accept(&address)
        if accepted >= 0 { _ = Glibc.close(accepted) }
        spare = Self.openSpare()
        return accepted >= 0
    }

    private func pause() {
        if isWatched { loop.forget(descriptor) }
        isWatched = false
        loop.fire(self, notAfter: LinuxClock.monotonicNanoseconds() + Self.pauseNanoseconds)
    }

    private static func openSpare() -> CInt {
        unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
    }
}
