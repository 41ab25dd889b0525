import Billing
import Fields
import JSON
import Platform
import Runtime
import Storage

/// The program: reads its command line and does what it says.
enum Program {
    static func run() -> Never {
        HostProcess.restrictFileModes()
        let parser = ArgumentParser(
            commands: CommandList.all, environment: { HostProcess.environment($0) }, files: LinuxPlatform.files)
        do throws(CommandFailure) {
            switch try parser.parse(HostProcess.arguments) {
            case .help(let text):
                HostProcess.write(text, to: .standardOutput)
                HostProcess.exit(0)
            case .run(let arguments): try run(arguments)
            }
        } catch {
            complain(error.message)
            HostProcess.exit(error.exitCode)
        }
    }

    /// One line on standard error.
    static func complain(_ message: String) {
        HostProcess.write("centralpay: \(message)\n", to: .standardError)
    }

    private static func run(_ arguments: Arguments) throws(CommandFailure) -> Never {
        switch arguments.command.action {
        case .local(let body):
            show(try body(arguments), arguments)
            HostProcess.exit(0)
        case .serve:
            let settings = try ServerSettings(arguments)
            try start(Service(settings: settings))
        case .demo:
            try start(try Demo.service(arguments))
        case .diagnosis(let body):
            LinuxPlatform.runMain(loopCount: 1) { doors in
                do throws(CommandFailure) {
                    let (answer, exitCode) = try await body(arguments, doors)
                    show(answer, arguments)
                    return exitCode
                } catch {
                    complain(error.message)
                    return error.exitCode
                }
            }
        case .backup:
            let command = try BackupCommand(arguments)
            LinuxPlatform.runMain(loopCount: 1) { doors in await command.run(doors) }
        case .checkBackup:
            let command = CheckBackupCommand(arguments: arguments)
            LinuxPlatform.runMain(loopCount: 1) { doors in await command.run(doors) }
        case .restore:
            let command = try RestoreCommand(arguments, LinuxPlatform.files)
            try becomeOwner(of: RestoreCommand.place(of: command.dataPath, LinuxPlatform.files))
            LinuxPlatform.runMain(loopCount: 1) { doors in await command.run(doors) }
        case .repair:
            let command = try RepairCommand(arguments)
            try becomeOwner(of: command.dataPath)
            LinuxPlatform.runMain(loopCount: 1) { doors in await command.run(doors) }
        case .operation(let operation):
            let dataPath = try ServerSettings.dataPath(arguments)
            let input = try OperationInput(arguments, readFile: readFile)
            try becomeOwner(of: dataPath)
            LinuxPlatform.runMain(loopCount: 1) { doors in
                await perform(operation, input, dataPath: dataPath, arguments, doors)
            }
        }
    }

    private static func start(_ service: Service) throws(CommandFailure) -> Never {
        try becomeOwner(of: service.settings.dataPath)
        HostProcess.disableCoreDumps()
        HostProcess.raiseDescriptorLimit()
        LinuxPlatform.runMain(loopCount: service.settings.loopCount) { doors in
            await service.run(doors)
        }
    }

    /// The superuser does what it does to somebody's data as that somebody, so that no file changes hands.
    private static func becomeOwner(of dataPath: String) throws(CommandFailure) {
        guard HostProcess.userID == 0 else { return }
        do throws(FileError) {
            try HostProcess.becomeOwner(of: dataPath)
        } catch {
            throw .failed("cannot become the owner of \(dataPath): \(error)")
        }
    }

    private static func readFile(_ path: String) throws(CommandFailure) -> [UInt8] {
        do throws(FileError) {
            let file = try LinuxPlatform.files.open(path, .readOnly)
            defer { file.close() }
            // Base 64 of it must fit one line of the control socket.
            let bytes = try file.read(at: 0, count: 512 << 10)
            guard try file.byteCount() == UInt64(bytes.count) else {
                throw FileError(.noSpace, operation: "read", path: path)
            }
            return bytes
        } catch {
            throw .failed(error.reason == .noSpace ? "\(path) is longer than 512 KiB" : "\(error)")
        }
    }

    // MARK: Operations

    private static func perform(
        _ operation: Operation, _ input: OperationInput, dataPath: String, _ arguments: Arguments, _ doors: Doors
    ) async -> Int32 {
        let progress =
            operation.reportsProgress
            ? ProgressLine(operation.name, isQuiet: arguments.isGiven("quiet"), clock: doors.clock) : nil
        defer { progress?.end() }
        var input = input
        if let progress { input.progress = progress.show }
        do {
            let result: JSONObject
            if let answer = try await ControlClient.run(operation, input, dataPath: dataPath, doors) {
                result = answer
            } else {
                result = try await performHere(operation, input, dataPath: dataPath, arguments, doors)
            }
            progress?.end()
            if operation.isWrite { HostProcess.write("data: \(dataPath)\n", to: .standardError) }
            show(Command.Answer(json: result, text: operation.text?(result)), arguments)
            if case .bool(false)? = result["ok"] { return 1 }
            return 0
        } catch {
            progress?.end()
            let failure = failure(of: error)
            complain(failure.message)
            return failure.exitCode
        }
    }

    /// Opens the data of a server that is not running.
    private static func performHere(
        _ operation: Operation, _ input: OperationInput, dataPath: String, _ arguments: Arguments,
        _ platform: Doors
    ) async throws -> JSONObject {
        // A directory is begun only where the line itself names it, so that a mistaken setting begins none.
        let mayBegin = operation.createsData && arguments.isGiven("data")
        var settings = try ServerSettings(command: arguments)
        let (doors, manualClock) = Composition.doors(platform, settings)
        let data = try DataDirectory.open(
            dataPath, beginning: mayBegin ? .server : nil, OpenStore.access(doors, seed: settings.seed))
        settings.isDemo = data.kind == .demo
        let store: Store
        do {
            store = try OpenStore.open(data, doors, seed: settings.seed, isReadOnly: !operation.isWrite)
        } catch {
            guard operation.name == Operation.verify.name,
                let answer = Operation.verifyUnopened(dataPath, doors.files, input)
            else { throw error }
            return answer
        }
        let outbound: Outbound
        do {
            outbound = try Outbound.make(settings, platform)
        } catch {
            await store.close()
            throw error
        }
        let composition = Composition(
            settings: settings, data: data, doors: doors, manualClock: manualClock, store: store,
            publicURL: "http://127.0.0.1:8080", outbound: outbound)
        do {
            let result = try await operation.run(input, composition)
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }

    static func show(_ answer: Command.Answer, _ arguments: Arguments) {
        if arguments.wantsJSON {
            HostProcess.write(JSONValue.object(answer.json).encoded() + [0x0a], to: .standardOutput)
        } else {
            HostProcess.write(answer.text ?? TextReport.text(of: answer.json), to: .standardOutput)
        }
    }

    /// Any error as one line and an exit code.
    static func failure(of error: any Error) -> CommandFailure {
        switch error {
        case let failure as CommandFailure: failure
        case let refusal as Refusal:
            refusal.issues.isEmpty
                ? .failed(refusal.message)
                : .failed(refusal.issues.map { "\($0.field): \($0.message)" }.joined(separator: " "))
        default: .failed("\(error)")
        }
    }
}
