import CLinux
import Glibc
import Runtime

/// A connected, non-blocking socket watched by one loop, edge-triggered: it is tried first, and waited for only when
/// the system has said that it would block. Used on its loop's thread alone.
@safe
final class LoopSocket: LoopEntry, @unchecked Sendable {
    private enum Wake { case ready, deadlinePassed, closed }

    let loop: EventLoop
    private var descriptor: CInt
    /// A stream, where a short read means that there is nothing left; datagrams come one at a time.
    private let isStream: Bool
    private var isReadable = true
    private var isWritable = true
    /// The peer finished or the socket failed: the end has to be read, and no other event will tell of it.
    private var hasEnded = false
    private var reader: UnsafeContinuation<Wake, Never>?
    private var writer: UnsafeContinuation<Wake, Never>?
    // The deadlines move with every wait, without touching the timer heap: the socket's one entry there looks at them
    // when it fires, and goes back in if they have moved on.
    private var readDeadline = UInt64.max
    private var writeDeadline = UInt64.max
    /// Receives in a row without having waited.
    private var burst = 0

    /// Takes over `descriptor`, which is closed if the loop cannot watch it.
    init(adopting descriptor: CInt, isStream: Bool, loop: EventLoop) throws(NetworkError) {
        self.loop = loop
        self.descriptor = descriptor
        self.isStream = isStream
        super.init()
        let events =
            Readiness.readable | Readiness.writable | Readiness.peerFinished | Readiness.edgeTriggered
        guard loop.watch(descriptor, events, self) else {
            let failure = NetworkError(errno: errno)
            _ = Glibc.close(descriptor)
            self.descriptor = -1
            throw failure
        }
    }

    // MARK: Trying

    /// Appends up to `limit` bytes to `buffer`; returns how many, 0 at the end, nil when it would block.
    func tryReceive(into buffer: inout [UInt8], limit: Int) throws(NetworkError) -> Int? {
        guard descriptor >= 0 else { throw .closed }
        let scratch = unsafe loop.scratch
        let wanted = min(limit, scratch.count)
        while isReadable {
            let count = unsafe recv(descriptor, scratch.baseAddress, wanted, 0)
            if count > 0 {
                unsafe buffer.append(contentsOf: UnsafeBufferPointer(rebasing: scratch[..<count]))
                if isStream, count < wanted, !hasEnded { isReadable = false }
                burst += 1
                return count
            }
            if count == 0 { return 0 }
            switch errno {
            case EINTR: continue
            case EAGAIN: isReadable = false
            default: throw NetworkError(errno: errno)
            }
        }
        return nil
    }

    /// Sends bytes of `bytes` from `offset` on; returns how many, nil when it would block.
    func trySend(_ bytes: [UInt8], from offset: Int) throws(NetworkError) -> Int? {
        guard descriptor >= 0 else { throw .closed }
        while isWritable {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor, buffer.baseAddress.map { unsafe $0 + offset }, buffer.count - offset,
                    SocketCall.noSignal)
            }
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: isWritable = false
            default: throw NetworkError(errno: errno)
            }
        }
        return nil
    }

    /// The socket was handed to `connect`, which has not finished.
    func beginConnecting() {
        isWritable = false
    }

    /// The outcome of `connect`, once the socket is writable.
    func finishConnecting() throws(NetworkError) {
        guard descriptor >= 0 else { throw .closed }
        let number = SocketCall.pendingError(of: descriptor)
        if number == ETIMEDOUT { throw .unreachable }
        if number != 0 { throw NetworkError(errno: number) }
    }

    // MARK: Waiting

    /// Waits until trying to receive is worth it. One task at a time.
    func waitReadable(until deadline: Instant) async throws(NetworkError) {
        burst = 0
        guard descriptor >= 0 else { throw .closed }
        if isReadable { return }
        let isFree = unsafe reader == nil
        precondition(isFree, "two tasks receive from one stream")
        let wake = await unsafe withUnsafeContinuation { continuation in
            unsafe reader = continuation
            readDeadline = deadline.nanoseconds
            loop.fire(self, notAfter: readDeadline)
        }
        try check(wake)
    }

    /// Waits until trying to send is worth it. One task at a time.
    func waitWritable(until deadline: Instant) async throws(NetworkError) {
        guard descriptor >= 0 else { throw .closed }
        if isWritable { return }
        let isFree = unsafe writer == nil
        precondition(isFree, "two tasks send to one stream")
        let wake = await unsafe withUnsafeContinuation { continuation in
            unsafe writer = continuation
            writeDeadline = deadline.nanoseconds
            loop.fire(self, notAfter: writeDeadline)
        }
        try check(wake)
    }

    /// Gives others a turn when the peer has long kept this socket from waiting.
    func yieldAfterBurst() async {
        guard burst >= 32 else { return }
        burst = 0
        await loop.yield()
    }

    private func check(_ wake: Wake) throws(NetworkError) {
        switch wake {
        case .ready: return
        case .deadlinePassed: throw .deadlinePassed
        case .closed: throw .closed
        }
    }

    override func eventsReady(_ events: UInt32) {
        if events & (Readiness.peerFinished | Readiness.hungUp | Readiness.failed) != 0 { hasEnded = true }
        if hasEnded || events & Readiness.readable != 0 {
            isReadable = true
            wakeReader(.ready)
        }
        if events & (Readiness.writable | Readiness.hungUp | Readiness.failed) != 0 {
            isWritable = true
            wakeWriter(.ready)
        }
    }

    override func timerFired(at now: UInt64) {
        var next = UInt64.max
        if unsafe reader != nil {
            if readDeadline <= now { wakeReader(.deadlinePassed) } else { next = readDeadline }
        }
        if unsafe writer != nil {
            if writeDeadline <= now { wakeWriter(.deadlinePassed) } else { next = min(next, writeDeadline) }
        }
        loop.fire(self, notAfter: next)
    }

    private func wakeReader(_ wake: Wake) {
        guard let continuation = unsafe reader else { return }
        unsafe reader = nil
        unsafe continuation.resume(returning: wake)
    }

    private func wakeWriter(_ wake: Wake) {
        guard let continuation = unsafe writer else { return }
        unsafe writer = nil
        unsafe continuation.resume(returning: wake)
    }

    // MARK: Ending

    func finishSending() {
        if descriptor >= 0 { _ = shutdown(descriptor, CInt(SHUT_WR)) }
    }

    func close() {
        guard descriptor >= 0 else { return }
        loop.forget(descriptor)
        loop.cancelTimer(self)
        _ = Glibc.close(descriptor)
        descriptor = -1
        wakeReader(.closed)
        wakeWriter(.closed)
    }
}
