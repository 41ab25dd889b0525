import JSON
import Runtime

/// How a command reaches the server that serves its data directory.
enum ControlClient {
    private static let connectSeconds = 5
    private static let answerSeconds = 900
    private static let answerByteLimit = 16 << 20

    /// Has the server run `operation`; nil when no server listens.
    static func run(
        _ operation: Operation, _ input: OperationInput, dataPath: String, _ doors: Doors
    ) async throws(CommandFailure) -> JSONObject? {
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
        defer { stream.close() }
        let request = JSONObject([
            ("operation", .string(operation.name)), ("arguments", .object(input.object)),
        ])
        var line: [UInt8] = []
        do throws(NetworkError) {
            try await stream.send(
                JSONValue.object(request).encoded() + [0x0a],
                deadline: doors.clock.instant().adding(seconds: connectSeconds))
            let deadline = doors.clock.instant().adding(seconds: answerSeconds)
            while line.last != 0x0a, line.count <= answerByteLimit {
                if try await stream.receive(into: &line, limit: 1 << 16, deadline: deadline) == 0 { break }
            }
        } catch {
            throw .failed("the server went away before it answered; look before trying again: \(error)")
        }
        let limits = JSONLimits(byteCount: answerByteLimit, memberCount: 1_000_000)
        guard case .object(let answer)? = try? JSON.parse(line, limits: limits),
            case .number(let exit)? = answer["exit"]
        else { throw .failed("the server closed the control socket without an answer; look before trying again") }
        if case .object(let result)? = answer["result"] { return result }
        guard case .string(let message)? = answer["message"] else { throw .failed("the server gave no answer") }
        throw exit.integer == 2 ? .usage(message) : .failed(message)
    }
}
