import Billing
import HTTP
import JSON
import Platform
import Runtime

/// The socket in the data directory through which commands reach the running server: one JSON line in, one out.
final class ControlServer: Sendable {
    static let socketName = "control.sock"
    static let lineByteLimit = 1 << 20
    private static let requestSeconds = 10
    private static let connectionLimit = 8
    /// The longest path a socket can have.
    static let pathByteLimit = 107

    private let composition: Composition
    private let listener = Guarded<(any Listener)?>(nil)

    init(_ composition: Composition) {
        self.composition = composition
    }

    static func path(in directory: String) -> String { directory + "/" + socketName }

    /// - Throws: `failed` when the socket cannot be made.
    func start() throws(CommandFailure) {
        let path = Self.path(in: composition.data.path)
        guard path.utf8.count <= Self.pathByteLimit else {
            composition.doors.log.write(
                .warning, "control_socket_missing",
                [("reason", "the path is longer than \(Self.pathByteLimit) bytes"), ("path", path)])
            return
        }
        let new: any Listener
        do throws(NetworkError) {
            new = try composition.doors.network.listen(on: .unix(path: path))
        } catch {
            throw .failed("the control socket \(path) cannot be made: \(error)")
        }
        listener.withLock { $0 = new }
        let composition = composition
        new.start(limit: Self.connectionLimit) { stream in
            await Self.serve(stream, composition)
        }
    }

    func stop() {
        listener.withLock { $0 }?.close()
    }

    private static func serve(_ stream: any ByteStream, _ composition: Composition) async {
        let doors = composition.doors
        var line: [UInt8] = []
        let deadline = doors.clock.instant().adding(seconds: requestSeconds)
        do throws(NetworkError) {
            while !line.contains(0x0a) {
                guard line.count <= lineByteLimit else { return }
                if try await stream.receive(into: &line, limit: 64 << 10, deadline: deadline) == 0 { return }
            }
            let answer = await answer(line, composition)
            try await stream.send(answer, deadline: doors.clock.instant().adding(seconds: requestSeconds))
            stream.finishSending()
        } catch {
            // The command went away; what it asked for is done or not, and recorded if so.
            return
        }
    }

    private static func answer(_ line: [UInt8], _ composition: Composition) async -> [UInt8] {
        guard let clockwork = composition.clockwork else { return await execute(line, composition) }
        return await clockwork.answering { await execute(line, composition) }
    }

    private static func execute(_ line: [UInt8], _ composition: Composition) async -> [UInt8] {
        var members: [(name: String, value: JSONValue)]
        do {
            guard case .object(let request)? = try? JSON.parse(line.split(separator: 0x0a).first.map(Array.init) ?? []),
                case .string(let name)? = request["operation"],
                case .object(let arguments)? = request["arguments"],
                let operation = CommandList.operation(name)
            else { throw CommandFailure.failed("the server is of another version than this command") }
            let result = try await operation.run(OperationInput(arguments), composition)
            members = [("exit", .number(JSONNumber(0))), ("result", .object(result))]
        } catch {
            let failure = Program.failure(of: error)
            members = [
                ("exit", .number(JSONNumber(Int64(failure.exitCode)))), ("message", .string(failure.message)),
            ]
        }
        return JSONValue.object(JSONObject(members)).encoded() + [0x0a]
    }
}
