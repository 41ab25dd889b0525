import Bytes
package import Runtime

/// An HTTP/1.1 client for calls that may move money: it says exactly whether a request can have had an effect.
///
/// Names are resolved, every address is checked against the policy, and the connection goes to exactly a checked
/// address; the next one is tried when connecting failed or takes long. No redirect is followed and nothing is sent
/// twice.
package final class Client: Sendable {
    private let doors: Doors
    private let limits: ClientLimits
    private let policy: AddressPolicy
    private let transport: (any SecureTransport)?
    private let pools: [ConnectionPool]
    private let queues: [OriginQueue]

    /// - Parameter transport: encrypts `https` connections; without it they are `notSent(.tlsUnavailable)`.
    package init(
        doors: Doors, limits: ClientLimits = ClientLimits(), policy: AddressPolicy = .any,
        transport: (any SecureTransport)? = nil
    ) {
        self.doors = doors
        self.limits = limits
        self.policy = policy
        self.transport = transport
        let loopCount = max(1, doors.scheduler.loopCount)
        pools = (0..<loopCount).map { _ in ConnectionPool() }
        queues = (0..<loopCount).map { _ in OriginQueue() }
    }

    /// Sends `request` and waits for the complete answer, on the current loop, until `deadline` at the latest.
    /// - Throws: `notSent` when not one byte of it can have left, `unknown` otherwise.
    package func send(_ request: ClientRequest, deadline: Instant) async throws(ClientError) -> ClientResponse {
        var trace = ClientTrace()
        return try await send(request, deadline: deadline, recording: &trace)
    }

    /// Like `send(_:deadline:)`; `trace` tells how far it came and how long it took, also after a throw.
    package func send(
        _ request: ClientRequest, deadline: Instant, recording trace: inout ClientTrace
    ) async throws(ClientError) -> ClientResponse {
        let started = doors.clock.instant()
        trace = ClientTrace()
        defer { trace.totalNanoseconds = doors.clock.instant().nanoseconds(since: started) }
        guard let message = message(request) else { throw .notSent(.malformedRequest) }
        if request.url.scheme == .https, transport == nil { throw .notSent(.tlsUnavailable) }
        let origin = request.url.origin
        let loop = min(doors.scheduler.currentLoop, pools.count - 1)
        let (pool, queue) = (pools[loop], queues[loop])
        try await queue.enter(origin, limits: limits, deadline: deadline, on: doors.scheduler)
        defer { queue.leave(origin) }

        var stream: (any ByteStream)?
        if request.mayReuseConnection { stream = await reusable(origin, in: pool, &trace) }
        let opened: any ByteStream
        if let stream {
            opened = stream
        } else {
            if queue.openCount(origin) + pool.count(origin) > limits.connectionsPerOrigin { pool.dropOldest(origin) }
            opened = try await open(request.url, deadline: deadline, &trace)
        }
        guard doors.clock.instant() < deadline else {
            opened.close()
            throw .notSent(.deadlinePassed)
        }
        // From here on every failure is `unknown`: a failed send may have sent something.
        var parser = ResponseParser(
            isHead: request.method == .head, bodyByteCount: request.answerByteCount ?? limits.bodyByteCount,
            limits: limits)
        let wasSentWhole: Bool
        do throws(ClientError) {
            wasSentWhole = try await exchange(message, on: opened, &parser, deadline: deadline)
        } catch {
            opened.close()
            throw error
        }
        if wasSentWhole, parser.keepsAlive, let address = trace.address {
            pool.put(
                ConnectionPool.Idle(origin: origin, stream: opened, address: address, since: doors.clock.instant()),
                limits: limits)
        } else {
            opened.close()
        }
        var response = parser.response
        response.trace = trace
        response.trace.totalNanoseconds = doors.clock.instant().nanoseconds(since: started)
        return response
    }

    /// Closes every idle connection, each on its loop.
    package func closeIdle() {
        for (loop, pool) in pools.enumerated() {
            doors.scheduler.spawn(on: loop) { pool.closeAll() }
        }
    }

    /// An idle connection that the peer has not closed, as far as this side knows.
    private func reusable(
        _ origin: String, in pool: ConnectionPool, _ trace: inout ClientTrace
    ) async -> (any ByteStream)? {
        while let idle = pool.take(origin, at: doors.clock.instant(), limits: limits) {
            var probe: [UInt8] = []
            do throws(NetworkError) {
                // Nothing may come now. An end or an unasked answer means the connection is of no use.
                _ = try await idle.stream.receive(into: &probe, limit: 1, deadline: doors.clock.instant())
            } catch .deadlinePassed {
                trace.isReusedConnection = true
                trace.address = idle.address
                return idle.stream
            } catch {
                // Closed below.
            }
            idle.stream.close()
        }
        return nil
    }

    private func open(
        _ url: URL, deadline: Instant, _ trace: inout ClientTrace
    ) async throws(ClientError) -> any ByteStream {
        let began = doors.clock.instant()
        let addresses: [IPAddress]
        do throws(NetworkError) {
            if let address = url.address {
                addresses = [address]
            } else {
                addresses = try await doors.network.resolve(
                    url.host, deadline: min(deadline, began.adding(seconds: limits.resolveSeconds)))
            }
        } catch {
            trace.resolveNanoseconds = doors.clock.instant().nanoseconds(since: began)
            throw .notSent(Self.reason(error))
        }
        let resolved = doors.clock.instant()
        trace.resolveNanoseconds = resolved.nanoseconds(since: began)
        let allowed = addresses.filter(policy.allows)
        guard !allowed.isEmpty else { throw .notSent(addresses.isEmpty ? .nameNotFound : .addressRefused) }

        let stream = try await connect(to: allowed, port: url.port, deadline: deadline, &trace)
        let connected = doors.clock.instant()
        trace.connectNanoseconds = connected.nanoseconds(since: resolved)
        guard url.scheme == .https, let transport else { return stream }
        defer { trace.secureNanoseconds = doors.clock.instant().nanoseconds(since: connected) }
        do throws(SecureTransportError) {
            return try await transport.secure(stream, host: url.host, deadline: deadline)
        } catch {
            stream.close()
            throw .notSent(.tlsFailed(error.reason))
        }
    }

    private func connect(
        to addresses: [IPAddress], port: UInt16, deadline: Instant, _ trace: inout ClientTrace
    ) async throws(ClientError) -> any ByteStream {
        let began = doors.clock.instant()
        let race = ConnectionRace(doors: doors, limits: limits)
        switch await race.run(addresses, port: port, deadline: deadline) {
        case .connected(let stream, let address):
            trace.address = address
            return stream
        case .failed(let failure, let address):
            trace.address = address
            trace.connectNanoseconds = doors.clock.instant().nanoseconds(since: began)
            throw .notSent(Self.reason(failure))
        }
    }

    /// - Returns: whether all of the request was sent before its answer was complete.
    private func exchange(
        _ message: [UInt8], on stream: any ByteStream, _ parser: inout ResponseParser, deadline: Instant
    ) async throws(ClientError) -> Bool {
        var sendError: NetworkError?
        do throws(NetworkError) {
            try await stream.send(message, deadline: deadline)
        } catch {
            // A server may answer and close before it read everything; such an answer is still the answer.
            guard error == .closed else { throw .unknown(Self.reason(error)) }
            sendError = error
        }
        while true {
            switch parser.advance() {
            case .complete: return sendError == nil
            case .malformed: throw .unknown(.malformedAnswer)
            case .needsBytes: break
            }
            do throws(NetworkError) {
                let count = try await stream.receive(into: &parser.buffer, limit: 16 * 1024, deadline: deadline)
                if count > 0 { continue }
            } catch {
                throw .unknown(Self.reason(sendError ?? error))
            }
            guard parser.endOfStream() == .complete else { throw .unknown(.closed) }
            return sendError == nil
        }
    }

    /// The bytes of the request, or nil when a name is no token.
    private func message(_ request: ClientRequest) -> [UInt8]? {
        guard MessageWriter.isToken(request.method.text) else { return nil }
        var writer = ByteWriter(capacity: 512 + request.body.count)
        writer.append(request.method.text)
        writer.append(0x20)
        writer.append(request.url.target)
        writer.append(" HTTP/1.1\r\n" as StaticString)
        MessageWriter.appendField("Host", request.url.authority, to: &writer)
        for (name, value) in request.headers {
            guard MessageWriter.isToken(name) else { return nil }
            if MessageWriter.isFraming(name) && !MessageWriter.matches(name, "date") { continue }
            if MessageWriter.matches(name, "host") { continue }
            MessageWriter.appendField(name, value, to: &writer)
        }
        if !request.body.isEmpty || !request.method.isSafe {
            writer.append("Content-Length: " as StaticString)
            MessageWriter.appendDecimal(request.body.count, to: &writer)
            writer.append("\r\n" as StaticString)
        }
        if limits.idlePerOrigin == 0 { writer.append("Connection: close\r\n" as StaticString) }
        writer.append("\r\n" as StaticString)
        writer.append(request.body)
        return writer.bytes
    }

    private static func reason(_ error: NetworkError) -> ClientError.Reason {
        switch error {
        case .refused: .connectionRefused
        case .unreachable, .addressInUse, .permissionDenied: .unreachable
        case .nameNotFound: .nameNotFound
        case .deadlinePassed: .deadlinePassed
        case .closed: .closed
        case .exhausted: .exhausted
        case .other(let number): .system(number)
        }
    }
}
