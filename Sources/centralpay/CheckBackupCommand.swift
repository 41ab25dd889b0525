import Billing
import JSON
import Runtime
import Storage

/// `centralpay backup verify`: reads a whole backup as the store it will be, without restoring it.
struct CheckBackupCommand: Sendable {
    static let command = Command(
        words: ["backup", "verify"], summary: "Check a backup file as a store, without restoring it.",
        operands: [Command.Operand(name: "file", about: "The backup.")], options: [.quiet, .json],
        notes: [
            "Checks every checksum, the order of all records and every rule of the ledger. Needs neither data nor key."
        ], action: .checkBackup)

    let arguments: Arguments

    func run(_ doors: Doors) async -> Int32 {
        let progress = ProgressLine("verify", isQuiet: arguments.isGiven("quiet"), clock: doors.clock)
        do throws(CommandFailure) {
            let answer = try check(progress, doors)
            progress.end()
            Program.show(Command.Answer(json: answer, text: VerifyText.text(answer)), arguments)
            return answer["ok"] == .bool(true) ? 0 : 1
        } catch {
            progress.end()
            Program.complain(error.message)
            return error.exitCode
        }
    }

    private func check(_ progress: ProgressLine, _ doors: Doors) throws(CommandFailure) -> JSONObject {
        let path = arguments.operand("file")
        let (file, backup) = try Self.open(path, doors.files)
        defer { file.close() }
        let note = try BackupNote(backup, path: path)
        do {
            let byteCount = backup.report.byteCount
            try backup.checkHash { done, _ in progress.show(done, 2 * byteCount) }
            let contents = try backup.contents()
            let report = Store.verify(directory: BackupFile.virtualDirectory, files: contents) { done, _ in
                progress.show(byteCount + done, 2 * byteCount)
            }
            if let failure = report.failure { throw failure }
            let invariants = try Self.invariants(contents, doors)
            return JSONObject(
                [
                    ("ok", .bool(invariants.areKept)), ("backup", .string(path)), ("made_at", .string(note.madeAt)),
                    ("version", .string(note.version)),
                    ("bytes", .number(JSONNumber(Int64(clamping: byteCount)))),
                    ("transactions", .number(JSONNumber(Int64(clamping: backup.report.transactionNumber)))),
                ] + VerifyText.members(of: invariants))
        } catch {
            throw Self.failure(error, path)
        }
    }

    private static func invariants(_ contents: any FileSystem, _ doors: Doors) throws -> Invariants {
        let inside = Doors(
            clock: doors.clock, entropy: doors.entropy, files: contents, network: doors.network,
            scheduler: doors.scheduler, log: doors.log)
        var options = StoreOptions()
        options.isReadOnly = true
        options.createsStore = false
        let store = try Store.open(directory: BackupFile.virtualDirectory, doors: inside, options: options)
        return try store.readSync { Invariants(of: $0, recoveredDigest: store.recoveredDigest) }
    }

    /// Opens a backup file and reads its beginning.
    static func open(
        _ path: String, _ files: any FileSystem
    ) throws(CommandFailure) -> (file: any File, backup: BackupFile) {
        do {
            let file = try files.open(path, .readOnly)
            do {
                return (file, try BackupFile(file, name: path))
            } catch {
                file.close()
                throw error
            }
        } catch {
            throw failure(error, path)
        }
    }

    /// What is wrong with a backup, in one line.
    static func failure(_ error: any Error, _ path: String) -> CommandFailure {
        switch error {
        case let failure as CommandFailure: failure
        case StoreError.corrupt(_, let offset, let reason):
            .failed(
                "\(path) is damaged at byte \(offset): \(reason). Nothing of it was used; use another backup, or another "
                    + "copy of this one")
        case StoreError.newerFormat(let version):
            .failed("\(path) has format \(version), which this version does not know: install a newer CentralPay")
        case StoreError.file(let file): .failed("\(file)")
        default: .failed("\(error)")
        }
    }
}
