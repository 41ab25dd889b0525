import HTTP
package import Runtime
import Synchronization
package import TLS

/// A stream whose bytes are encrypted on their way over another.
///
/// Unchecked: everything but `isClosing` is touched on the stream's loop alone.
package final class TLSStream: SecureStream, @unchecked Sendable {
    /// How much is encrypted before it is handed on, which bounds the buffer for it.
    private static let pieceByteCount = 64 * 1024
    /// How long a farewell may take.
    private static let farewellMilliseconds = 500

    private let inner: any ByteStream
    private let scheduler: any Scheduler
    private let clock: any Clock
    private let loop: Int
    private let keepSession: @Sendable (Session) -> Void
    private var connection: Connection
    private var isFlushing = false
    private let flushed = WakeSignal()
    /// Why nothing more can be sent or received.
    private var failure: HandshakeError?
    private var hasFinished = false
    private let isClosing = Atomic(false)

    /// - Parameters:
    ///   - inner: a connected stream, which belongs to the result: closing it closes both.
    ///   - keepSession: is given what can resume the connection later.
    package init(
        over inner: any ByteStream, _ connection: consuming Connection, doors: Doors,
        keepSession: @escaping @Sendable (Session) -> Void = { _ in }
    ) {
        self.inner = inner
        self.connection = connection
        scheduler = doors.scheduler
        clock = doors.clock
        loop = doors.scheduler.currentLoop
        self.keepSession = keepSession
    }

    package var peer: SocketAddress { inner.peer }

    /// What was agreed on; nil before the end of the handshake.
    package var summary: HandshakeSummary? { connection.summary }

    /// Performs the handshake. Nothing else may be asked of the stream before it returned.
    ///
    /// - Parameter received: bytes of the peer that were read from the inner stream already.
    package func handshake(received: [UInt8] = [], deadline: Instant) async throws(HandshakeError) {
        var incoming = received
        while true {
            if !incoming.isEmpty { try await take(incoming, deadline: deadline) }
            incoming = []
            do throws(NetworkError) {
                try await flush(deadline: deadline)
                if connection.isEstablished { return }
                let count = try await inner.receive(into: &incoming, limit: 16 * 1024, deadline: deadline)
                if count == 0 { throw .closed }
            } catch {
                failure = failure ?? .network(error)
                throw .network(error)
            }
        }
    }

    package func receive(
        into buffer: inout [UInt8], limit: Int, deadline: Instant
    ) async throws(NetworkError) -> Int {
        precondition(limit > 0, "a receive without room")
        while true {
            let count = connection.takePlaintext(into: &buffer, limit: limit)
            if count > 0 { return count }
            if failure != nil { throw .closed }
            if connection.hasPeerClosed { return 0 }
            // Made anew each time: while a connection is idle it holds no buffer.
            var incoming: [UInt8] = []
            guard try await inner.receive(into: &incoming, limit: 32 * 1024, deadline: deadline) > 0 else {
                // RFC 8446 section 6.1: without close_notify anybody may have cut the end off.
                failure = .tls(.truncated)
                throw .closed
            }
            do throws(HandshakeError) {
                try await take(consume incoming, deadline: deadline)
            } catch {
                continue  // What came before the fault can still be read.
            }
            try await flush(deadline: deadline)
        }
    }

    package func send(_ bytes: [UInt8], deadline: Instant) async throws(NetworkError) {
        var start = 0
        while start < bytes.count {
            guard failure == nil, !hasFinished else { throw .closed }
            let end = min(bytes.count, start + Self.pieceByteCount)
            do throws(TLSError) {
                if end - start == bytes.count {
                    try connection.send(bytes)
                } else {
                    try connection.send(Array(bytes[start..<end]))
                }
            } catch {
                throw .closed
            }
            start = end
            try await flush(deadline: deadline)
        }
    }

    package func finishSending(deadline: Instant) async {
        finish()
        do throws(NetworkError) {
            try await flush(deadline: deadline)
        } catch {
            // The peer is gone or does not read; closing is all that is left.
        }
        inner.finishSending()
    }

    package func finishSending() {
        scheduler.spawn(on: loop) { [self] in
            await finishSending(deadline: clock.instant().adding(milliseconds: Self.farewellMilliseconds))
        }
    }

    /// Says farewell, for at most half a second, and closes.
    package func close() {
        guard !isClosing.exchange(true, ordering: .acquiringAndReleasing) else { return }
        scheduler.spawn(on: loop) { [self] in
            let owesFarewell = connection.isEstablished && failure == nil && !hasFinished && !isFlushing
            if owesFarewell {
                await finishSending(deadline: clock.instant().adding(milliseconds: Self.farewellMilliseconds))
            }
            inner.close()
        }
    }

    // MARK: Parts

    private func finish() {
        guard !hasFinished, failure == nil else { return }
        hasFinished = true
        connection.close()
    }

    /// Reads bytes of the peer. After a throw the alert has been sent, where the peer still took it.
    private func take(_ incoming: consuming [UInt8], deadline: Instant) async throws(HandshakeError) {
        do throws(TLSError) {
            try connection.receive(consume incoming)
        } catch {
            failure = .tls(error)
            do throws(NetworkError) {
                try await flush(deadline: deadline)
            } catch {
                // The fault that was found first is the one to tell of.
            }
            throw .tls(error)
        }
        while let session = connection.takeSession() { keepSession(session) }
    }

    /// Sends what the connection has to say. Records go out in order, whoever of the two tasks comes first.
    private func flush(deadline: Instant) async throws(NetworkError) {
        while isFlushing {
            guard await flushed.wait(until: deadline, on: scheduler) else { throw .deadlinePassed }
        }
        isFlushing = true
        defer {
            isFlushing = false
            flushed.notify()
        }
        while true {
            let output = connection.takeOutput()
            if output.isEmpty { return }
            try await inner.send(output, deadline: deadline)
        }
    }
}
