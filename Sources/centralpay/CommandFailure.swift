import Runtime

/// Why a command ends without having done its work. The message is one line and says what to do.
enum CommandFailure: Error, Sendable, Equatable {
    /// The command line, the environment or the configuration file is wrong: exit code 2.
    case usage(String)
    /// The command was understood and could not be done: exit code 1.
    case failed(String)

    var message: String {
        switch self {
        case .usage(let message), .failed(let message): message
        }
    }

    var exitCode: Int32 {
        switch self {
        case .usage: 2
        case .failed: 1
        }
    }
}

extension CommandFailure {
    /// Runs `body`; what the volume refuses is told after `beginning`.
    static func words<Answer>(
        _ beginning: String = "", _ body: () throws(FileError) -> Answer
    ) throws(CommandFailure) -> Answer {
        do throws(FileError) {
            return try body()
        } catch {
            throw .failed(beginning + "\(error)")
        }
    }
}
