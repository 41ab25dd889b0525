package import Runtime
import Synchronization

/// An HTTP/1.1 and 1.0 server (RFC 9110, RFC 9112) over any listeners: keep-alive, pipelining, bounded in everything.
///
/// One request of a connection is with the handler at a time, on the connection's loop. Requests the parser refuses
/// never reach the handler; they are answered with `refusalBody` as JSON, and their connection closes.
package final class Server: Sendable {
    private struct State: Sendable {
        var listeners: [any Listener] = []
    }

    private let doors: Doors
    private let limits: ServerLimits
    private let refusalBody: @Sendable (Refusal) -> [UInt8]
    private let handler: @Sendable (Request) async -> Response
    private let state = Guarded(State())
    private let tables: [ConnectionTable]
    private let connectionCount = Atomic<Int>(0)
    private let stopping = Atomic<Bool>(false)
    private let wentQuiet = WakeSignal()

    /// - Parameters:
    ///   - refusalBody: makes the JSON of an answer the parser gives itself.
    ///   - handler: answers one request; it runs on the connection's loop and must not block.
    package init(
        doors: Doors, limits: ServerLimits = ServerLimits(),
        refusalBody: @escaping @Sendable (Refusal) -> [UInt8] = { $0.body },
        handler: @escaping @Sendable (Request) async -> Response
    ) {
        self.doors = doors
        self.limits = limits
        self.refusalBody = refusalBody
        self.handler = handler
        tables = (0..<max(1, doors.scheduler.loopCount)).map { _ in ConnectionTable() }
    }

    /// Connections that are open now, over all listeners.
    package var openConnectionCount: Int { connectionCount.load(ordering: .relaxed) }

    /// Starts serving what `listener` accepts. After `stop` it closes the listener at once.
    ///
    /// - Parameter secure: performs the server's side of a handshake on each new stream; nil drops the connection.
    package func start(
        _ listener: any Listener, secure: (@Sendable (any ByteStream) async -> (any ByteStream)?)? = nil
    ) {
        let isStopped = state.withLock { state -> Bool in
            if stopping.load(ordering: .acquiring) { return true }
            state.listeners.append(listener)
            return false
        }
        if isStopped { return listener.close() }
        listener.start(limit: limits.connectionCount) { stream in
            await self.serve(stream, secure)
        }
    }

    /// Stops accepting, closes idle connections, lets the others finish their request, and cuts what is still open
    /// after `seconds`. Handlers that run on are not waited for longer than one more second.
    package func stop(withinSeconds seconds: Int) async {
        let listeners = state.withLock { state -> [any Listener] in
            stopping.store(true, ordering: .releasing)
            defer { state.listeners = [] }
            return state.listeners
        }
        for listener in listeners { listener.close() }
        onEveryLoop { $0.closeIdle() }
        let deadline = doors.clock.instant().adding(seconds: seconds)
        if await isQuiet(until: deadline) { return }
        onEveryLoop { $0.closeAll() }
        _ = await isQuiet(until: doors.clock.instant().adding(seconds: 1))
    }

    private func isQuiet(until deadline: Instant) async -> Bool {
        while openConnectionCount > 0 {
            guard await wentQuiet.wait(until: deadline, on: doors.scheduler) else { return openConnectionCount == 0 }
        }
        return true
    }

    private func onEveryLoop(_ body: @escaping @Sendable (ConnectionTable) -> Void) {
        for (loop, table) in tables.enumerated() {
            doors.scheduler.spawn(on: loop) { body(table) }
        }
    }

    private func serve(
        _ accepted: any ByteStream, _ secure: (@Sendable (any ByteStream) async -> (any ByteStream)?)?
    ) async {
        connectionCount.add(1, ordering: .relaxed)
        let table = tables[min(doors.scheduler.currentLoop, tables.count - 1)]
        let entry = table.add(accepted)
        var stream: (any ByteStream)? = accepted
        if let secure { stream = await secure(accepted) }
        if let stream {
            let connection = ServerConnection(
                doors: doors, limits: limits, refusalBody: refusalBody, handler: handler,
                isStopping: { self.stopping.load(ordering: .acquiring) }, stream: stream, isSecure: secure != nil,
                table: table, entry: entry)
            await connection.serve()
        }
        accepted.close()
        table.remove(entry)
        if connectionCount.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { wentQuiet.notify() }
    }
}
