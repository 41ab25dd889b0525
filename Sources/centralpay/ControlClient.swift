import JSON
import Runtime
import Storage

/// How a command reaches the server that serves its data directory.
enum ControlClient {
    private static let connectSeconds = 5
    /// How long the server may be silent.
    private static let silenceSeconds = 900
    private static let answerByteLimit = 16 << 20
    /// The longest first line of a backup.
    private static let headByteLimit = 4096

    /// A stream to the server, with `operation` sent; nil when no server listens.
    private static func ask(
        _ name: String, _ input: OperationInput, dataPath: String, _ doors: Doors
    ) async throws(CommandFailure) -> (any ByteStream)? {
        let path = ControlServer.path(in: dataPath)
        guard path.utf8.count <= ControlServer.pathByteLimit else { return nil }
        let stream: any ByteStream
        do throws(NetworkError) {
            stream = try await doors.network.connect(
                to: .unix(path: path), deadline: doors.clock.instant().adding(seconds: connectSeconds))
        } catch {
            // Not there, or left over by a server that died.
            if error == .refused { return nil }
            throw .failed("the server does not answer on \(path): \(error)")
        }
        let request = JSONObject([("operation", .string(name)), ("arguments", .object(input.object))])
        do throws(NetworkError) {
            try await stream.send(
                JSONValue.object(request).encoded() + [0x0a],
                deadline: doors.clock.instant().adding(seconds: connectSeconds))
        } catch {
            stream.close()
            throw wentAway(error)
        }
        return stream
    }

    private static func wentAway(_ error: NetworkError) -> CommandFailure {
        .failed("the server went away before it answered; look before trying again: \(error)")
    }

    /// Takes the first line out of `buffer`, receiving as needed; nil at the end of the stream.
    private static func line(
        _ stream: any ByteStream, _ buffer: inout [UInt8], limit: Int, _ doors: Doors
    ) async throws(NetworkError) -> [UInt8]? {
        var searched = 0
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0a) {
                let line = Array(buffer[..<end])
                buffer.removeSubrange(...end)
                return line
            }
            searched = buffer.count
            guard buffer.count <= limit else { return nil }
            let deadline = doors.clock.instant().adding(seconds: silenceSeconds)
            if try await stream.receive(into: &buffer, limit: 1 << 16, deadline: deadline) == 0 { return nil }
        }
    }

    /// Has the server run `operation`; nil when no server listens.
    static func run(
        _ operation: Operation, _ input: OperationInput, dataPath: String, _ doors: Doors
    ) async throws(CommandFailure) -> JSONObject? {
        guard let stream = try await ask(operation.name, input, dataPath: dataPath, doors) else { return nil }
        defer { stream.close() }
        var buffer: [UInt8] = []
        while true {
            let line: [UInt8]?
            do throws(NetworkError) {
                line = try await self.line(stream, &buffer, limit: answerByteLimit, doors)
            } catch {
                throw wentAway(error)
            }
            let answer = try object(line)
            guard case .object(let progress)? = answer["progress"] else { return try result(of: answer) }
            input.progress(count(progress["done"]), count(progress["total"]))
        }
    }

    private static func object(_ line: [UInt8]?) throws(CommandFailure) -> JSONObject {
        let limits = JSONLimits(byteCount: answerByteLimit, memberCount: 1_000_000)
        guard let line, case .object(let answer)? = try? JSON.parse(line, limits: limits) else {
            throw .failed("the server closed the control socket without an answer; look before trying again")
        }
        return answer
    }

    private static func result(of answer: JSONObject) throws(CommandFailure) -> JSONObject {
        guard case .number(let exit)? = answer["exit"] else { throw .failed("the server gave no answer") }
        if case .object(let result)? = answer["result"] { return result }
        guard case .string(let message)? = answer["message"] else { throw .failed("the server gave no answer") }
        throw exit.integer == 2 ? .usage(message) : .failed(message)
    }

    private static func count(_ value: JSONValue?) -> UInt64 {
        guard case .number(let number)? = value, let count = number.integer else { return 0 }
        return UInt64(max(0, count))
    }

    // MARK: A backup

    /// A backup on its way from the server.
    struct Transfer {
        /// What the server says about it.
        let head: JSONObject
        let byteCount: UInt64
        fileprivate let stream: any ByteStream
        fileprivate let first: [UInt8]

        /// Frees the server for the next backup.
        func close() { stream.close() }
    }

    /// Has the server begin a backup; nil when no server listens. Until the transfer is closed the server begins no
    /// other.
    static func beginBackup(dataPath: String, _ doors: Doors) async throws(CommandFailure) -> Transfer? {
        let input = OperationInput(JSONObject([]))
        guard let stream = try await ask(BackupSender.operationName, input, dataPath: dataPath, doors) else {
            return nil
        }
        do throws(CommandFailure) {
            var buffer: [UInt8] = []
            let line: [UInt8]?
            do throws(NetworkError) {
                line = try await self.line(stream, &buffer, limit: headByteLimit, doors)
            } catch {
                throw wentAway(error)
            }
            let answer = try object(line)
            guard case .object(let head)? = answer["backup"] else {
                _ = try result(of: answer)
                throw CommandFailure.failed("the server gave no answer")
            }
            return Transfer(head: head, byteCount: count(head["bytes"]), stream: stream, first: buffer)
        } catch {
            stream.close()
            throw error
        }
    }

    /// Receives the bytes of the backup, piece by piece.
    static func receive(
        _ transfer: Transfer, _ doors: Doors, _ take: ([UInt8]) throws(CommandFailure) -> Void
    ) async throws(CommandFailure) {
        var left = transfer.byteCount
        var buffer = transfer.first
        while true {
            guard UInt64(buffer.count) <= left else { throw .failed("the server sent more than the backup has") }
            left -= UInt64(buffer.count)
            if !buffer.isEmpty { try take(buffer) }
            guard left > 0 else { return }
            buffer.removeAll(keepingCapacity: true)
            let count: Int
            do throws(NetworkError) {
                let deadline = doors.clock.instant().adding(seconds: silenceSeconds)
                count = try await transfer.stream.receive(into: &buffer, limit: 256 << 10, deadline: deadline)
            } catch {
                throw .failed("the server went away before the backup was complete; nothing was kept")
            }
            guard count > 0 else {
                throw .failed("the server ended before the backup was complete; nothing was kept")
            }
        }
    }
}
