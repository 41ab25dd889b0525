import Billing
import HTTP
import JSON
import Platform
import Runtime

/// The socket in the data directory through which commands reach the running server: one JSON line in, one out, and
/// before it lines that tell how far long work is. A backup is a line and then the bytes of the file.
final class ControlServer: Sendable {
    static let socketName = "control.sock"
    static let lineByteLimit = 1 << 20
    private static let requestSeconds = 10
    private static let progressMilliseconds = 200
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
        let backups = BackupSender(composition)
        new.start(limit: Self.connectionLimit) { stream in
            await Self.serve(stream, composition, backups)
        }
    }

    func stop() {
        listener.withLock { $0 }?.close()
    }

    private static func serve(
        _ stream: any ByteStream, _ composition: Composition, _ backups: BackupSender
    ) async {
        let doors = composition.doors
        var line: [UInt8] = []
        let deadline = doors.clock.instant().adding(seconds: requestSeconds)
        do throws(NetworkError) {
            while !line.contains(0x0a) {
                guard line.count <= lineByteLimit else { return }
                if try await stream.receive(into: &line, limit: 64 << 10, deadline: deadline) == 0 { return }
            }
            let request = Request(line)
            if request?.name == BackupSender.operationName { return try await backups.send(on: stream) }
            let answer: [UInt8]
            if let request, request.operation?.reportsProgress == true {
                answer = await Self.answer(request, composition, telling: stream)
            } else {
                answer = await Self.answer(request, composition)
            }
            try await stream.send(answer, deadline: doors.clock.instant().adding(seconds: requestSeconds))
            stream.finishSending()
        } catch {
            // The command went away; what it asked for is done or not, and recorded if so.
            return
        }
    }

    /// What a line asks for.
    private struct Request {
        let name: String
        let arguments: JSONObject

        init?(_ line: [UInt8]) {
            guard case .object(let request)? = try? JSON.parse(line.split(separator: 0x0a).first.map(Array.init) ?? []),
                case .string(let name)? = request["operation"], case .object(let arguments)? = request["arguments"]
            else { return nil }
            self.name = name
            self.arguments = arguments
        }

        var operation: Operation? { CommandList.operation(name) }
    }

    /// Executes it and sends a line now and then meanwhile.
    private static func answer(
        _ request: Request, _ composition: Composition, telling stream: any ByteStream
    ) async -> [UInt8] {
        let doors = composition.doors
        let newest = Guarded<(done: UInt64, total: UInt64)?>(nil)
        let isOver = Guarded(false)
        let over = WakeSignal()
        let ended = WakeSignal()
        doors.scheduler.spawn(on: doors.scheduler.currentLoop) {
            while true {
                await over.wait(
                    until: doors.clock.instant().adding(milliseconds: progressMilliseconds), on: doors.scheduler)
                if isOver.withLock({ $0 }) { break }
                let progress = newest.withLock { newest in
                    defer { newest = nil }
                    return newest
                }
                guard let progress else { continue }
                let line = JSONObject([
                    (
                        "progress",
                        .object(
                            JSONObject([
                                ("done", .number(JSONNumber(Int64(clamping: progress.done)))),
                                ("total", .number(JSONNumber(Int64(clamping: progress.total)))),
                            ]))
                    )
                ])
                let deadline = doors.clock.instant().adding(seconds: requestSeconds)
                // Whoever asked may have gone away; the work goes on.
                guard (try? await stream.send(JSONValue.object(line).encoded() + [0x0a], deadline: deadline)) != nil
                else { break }
            }
            ended.notify()
        }
        let answer = await answer(request, composition) { done, total in newest.withLock { $0 = (done, total) } }
        isOver.withLock { $0 = true }
        over.notify()
        await ended.wait(until: nil, on: doors.scheduler)
        return answer
    }

    private static func answer(
        _ request: Request?, _ composition: Composition,
        progress: @escaping @Sendable (UInt64, UInt64) -> Void = { _, _ in }
    ) async -> [UInt8] {
        guard let clockwork = composition.clockwork else { return await execute(request, composition, progress) }
        return await clockwork.answering { await execute(request, composition, progress) }
    }

    private static func execute(
        _ request: Request?, _ composition: Composition, _ progress: @escaping @Sendable (UInt64, UInt64) -> Void
    ) async -> [UInt8] {
        var members: [(name: String, value: JSONValue)]
        do {
            guard let request, let operation = request.operation else {
                throw CommandFailure.failed("the server is of another version than this command")
            }
            var input = OperationInput(request.arguments)
            input.progress = progress
            let result = try await operation.run(input, composition)
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
