import Bytes
import Runtime
import Synchronization

/// Drives one connection of the server: bytes in, requests to the handler one at a time, answers out in order.
struct ServerConnection {
    let doors: Doors
    let limits: ServerLimits
    let refusalBody: @Sendable (Refusal) -> [UInt8]
    let handler: @Sendable (Request) async -> Response
    let isStopping: @Sendable () -> Bool
    let stream: any ByteStream
    /// Whether `stream` encrypts.
    let isSecure: Bool
    let table: ConnectionTable
    let entry: ConnectionTable.Entry

    /// Answers are sent together up to this many bytes.
    private static let flushByteCount = 64 * 1024
    /// An output buffer that grew beyond this is given back.
    private static let keptCapacity = 16 * 1024

    /// Serves until the peer, a limit, a fault or the stop of the server ends the connection; closes the stream.
    func serve() async {
        let peer = stream.peer
        var parser = RequestParser(limits: limits)
        var output = ByteWriter(capacity: 1024)
        // When the current phase (idle, head, body) must be over.
        var deadline = doors.clock.instant().adding(seconds: limits.idleSeconds)
        var phase = Phase.idle
        do throws(NetworkError) {
            while true {
                switch parser.advance() {
                case .complete:
                    entry.isIdle = false
                    let request = parser.request(peer: peer, isSecure: isSecure)
                    let isHead = request.method == .head
                    // Answers wait for those behind them only as long as nothing takes long.
                    if !output.bytes.isEmpty, !request.method.isSafe { try await flush(&output) }
                    let response = await handler(request)
                    let keepsAlive = parser.keepsAlive && !response.closesConnection && !isStopping()
                    let now = doors.clock.instant()
                    MessageWriter.append(
                        response, isHead: isHead, minorVersion: parser.minorVersion, closes: !keepsAlive,
                        date: table.dateLine.current(doors.clock, at: now), to: &output)
                    if !keepsAlive {
                        try await flush(&output)
                        return await end(lingers: parser.keepsAlive)
                    }
                    parser.discard()
                    phase = .idle
                    deadline = now.adding(seconds: limits.idleSeconds)
                    if output.count >= Self.flushByteCount { try await flush(&output) }
                    continue
                case .refused(let refusal):
                    return try await refuse(refusal, &output)
                case .needsRequest:
                    break
                case .needsHead:
                    if phase != .head {
                        phase = .head
                        deadline = doors.clock.instant().adding(seconds: limits.headerSeconds)
                    }
                case .needsBody(let sendContinue):
                    if phase != .body {
                        phase = .body
                        deadline = doors.clock.instant().adding(seconds: limits.bodySeconds)
                    }
                    if sendContinue { output.append("HTTP/1.1 100 Continue\r\n\r\n" as StaticString) }
                }
                if !output.bytes.isEmpty { try await flush(&output) }
                // Nothing is owed to the peer any more, so from here on a stop may close the connection.
                entry.isIdle = phase == .idle
                if entry.isIdle, isStopping() { return await end(lingers: true) }
                do throws(NetworkError) {
                    let count = try await stream.receive(
                        into: &parser.buffer, limit: parser.receiveLimit, deadline: deadline)
                    if count == 0 { return await end(lingers: false) }
                } catch .deadlinePassed where phase != .idle {
                    let what: StaticString =
                        phase == .head ? "The headers came too slowly." : "The body came too slowly."
                    return try await refuse(Refusal(408, what), &output)
                } catch .deadlinePassed {
                    return await end(lingers: false)
                }
            }
        } catch {
            stream.close()
        }
    }

    private enum Phase {
        case idle, head, body
    }

    private func flush(_ output: inout ByteWriter) async throws(NetworkError) {
        guard !output.bytes.isEmpty else { return }
        try await stream.send(output.bytes, deadline: doors.clock.instant().adding(seconds: limits.writeSeconds))
        if output.bytes.capacity > Self.keptCapacity {
            output = ByteWriter(capacity: 1024)
        } else {
            output.bytes.removeAll(keepingCapacity: true)
        }
    }

    private func refuse(_ refusal: Refusal, _ output: inout ByteWriter) async throws(NetworkError) {
        entry.isIdle = false
        let response = Response(
            status: refusal.status, headers: [("Content-Type", "application/json")], body: refusalBody(refusal))
        MessageWriter.append(
            response, isHead: false, minorVersion: 1, closes: true,
            date: table.dateLine.current(doors.clock, at: doors.clock.instant()), to: &output)
        try await flush(&output)
        await end(lingers: true)
    }

    /// Closes after the last answer. While the peer may still be sending, closing at once would reset the connection
    /// and could take the answer with it (RFC 9112 section 9.6), so for a second what still comes is read and dropped.
    private func end(lingers: Bool) async {
        let deadline = doors.clock.instant().adding(seconds: 1)
        if let secure = stream as? any SecureStream {
            await secure.finishSending(deadline: deadline)
        } else {
            stream.finishSending()
        }
        if lingers {
            var dropped: [UInt8] = []
            var total = 0
            do throws(NetworkError) {
                while total < 2 * 1024 * 1024 {
                    dropped.removeAll(keepingCapacity: true)
                    let count = try await stream.receive(into: &dropped, limit: 16 * 1024, deadline: deadline)
                    if count == 0 { break }
                    total += count
                }
            } catch {
                // The answer was sent; however this ended, the connection is over.
            }
        }
        stream.close()
    }
}
