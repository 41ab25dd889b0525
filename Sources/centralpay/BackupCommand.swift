import JSON
import Platform
import Runtime
import Storage

/// `centralpay backup`: takes a backup from the running server, or reads the data where no server runs, and writes the
/// file with the rights of whoever calls.
struct BackupCommand: Sendable {
    static let command = Command(
        words: ["backup"], summary: "Write everything to one file, while the server goes on.",
        options: [
            .required("to", "FILE", "The backup. It has this name only once it is complete and on the disk."),
            .flag("overwrite", "Replace a file of that name."), .data, .config, .quiet, .json,
        ],
        notes: [
            "The master key is not in the backup: keep a copy of it elsewhere. Who calls writes the file; the server",
            "sends it through the control socket. Interrupted, nothing is left under the name of the file.",
        ], action: .backup)

    let arguments: Arguments
    let dataPath: String

    init(_ arguments: Arguments) throws(CommandFailure) {
        self.arguments = arguments
        dataPath = try ServerSettings.dataPath(arguments)
    }

    private var target: String { arguments.value("to") ?? "" }

    func run(_ doors: Doors) async -> Int32 {
        let progress = ProgressLine("backup", isQuiet: arguments.isGiven("quiet"), clock: doors.clock)
        let answer: JSONObject
        do throws(CommandFailure) {
            answer = try await write(progress, doors)
        } catch {
            progress.end()
            Program.complain(error.message)
            return error.exitCode
        }
        progress.end()
        Program.show(Command.Answer(json: answer, text: Self.text(answer)), arguments)
        return 0
    }

    private func write(_ progress: ProgressLine, _ doors: Doors) async throws(CommandFailure) -> JSONObject {
        guard !target.hasSuffix("/"), !target.isEmpty else { throw .usage("--to names a file") }
        guard !target.hasPrefix(dataPath + "/") else {
            throw .usage("\(target) lies in the data directory: a backup belongs elsewhere")
        }
        let status = try CommandFailure.words { () throws(FileError) in try doors.files.status(target) }
        if let status {
            guard !status.isDirectory else { throw .usage("\(target) is a directory: name a file") }
            guard arguments.isGiven("overwrite") else { throw .failed("\(target) exists; --overwrite replaces it") }
        }
        if let transfer = try await ControlClient.beginBackup(dataPath: dataPath, doors) {
            defer { transfer.close() }
            let draft = try Draft(target, replaces: arguments.isGiven("overwrite"), doors.files)
            var done: UInt64 = 0
            do throws(CommandFailure) {
                try await ControlClient.receive(transfer, doors) { bytes throws(CommandFailure) in
                    try draft.write(bytes)
                    done += UInt64(bytes.count)
                    progress.show(done, transfer.byteCount)
                }
                try draft.finish()
            } catch {
                draft.abandon()
                throw error
            }
            return answer(transfer.head)
        }
        return try await writeHere(progress, doors)
    }

    /// Reads the data of a server that is not running; nothing in its directory changes.
    private func writeHere(_ progress: ProgressLine, _ doors: Doors) async throws(CommandFailure) -> JSONObject {
        var access = OpenStore.access(doors, seed: nil)
        // The superuser reads what belongs to others, and makes no file there.
        if HostProcess.userID == 0, let owner = (try? doors.files.status(dataPath))??.owner { access.userID = owner }
        let data = try DataDirectory.open(dataPath, beginning: nil, access)
        guard (try? doors.files.status(dataPath + "/lock")) != nil else {
            throw .failed("\(dataPath) was never served: there is nothing to back up")
        }
        let store = try OpenStore.open(data, doors, seed: nil, isReadOnly: true)
        let note = BackupNote(data, doors.clock)
        let source: BackupSource
        let draft: Draft
        do throws(StoreError) {
            source = try await store.beginBackup(note: note.bytes)
        } catch {
            await store.close()
            throw .failed(Damage.refusal(error, dataPath, doors.files))
        }
        do throws(CommandFailure) {
            draft = try Draft(target, replaces: arguments.isGiven("overwrite"), doors.files)
            do throws(CommandFailure) {
                try copy(source, to: draft, progress, doors.files)
            } catch {
                draft.abandon()
                throw error
            }
        } catch {
            await store.close()
            throw error
        }
        await store.close()
        return answer(BackupSender.description(of: source.report, note, data))
    }

    private func copy(
        _ source: BackupSource, to draft: Draft, _ progress: ProgressLine, _ files: any FileSystem
    ) throws(CommandFailure) {
        var done: UInt64 = 0
        while true {
            let bytes: [UInt8]?
            do throws(StoreError) {
                bytes = try source.next()
            } catch {
                throw .failed(Damage.refusal(error, dataPath, files))
            }
            guard let bytes else { break }
            try draft.write(bytes)
            done += UInt64(bytes.count)
            progress.show(done, source.report.byteCount)
        }
        try draft.finish()
    }

    private func answer(_ head: JSONObject) -> JSONObject {
        JSONObject([("ok", .bool(true)), ("backup", .string(target)), ("data", .string(dataPath))] + head.members)
    }

    private static func text(_ answer: JSONObject) -> String {
        var text = TextReport.text(of: answer)
        if case .string(let key)? = answer["master_key"] {
            text += "The master key is not in the backup: keep a copy of \(key) elsewhere.\n"
        } else {
            text += "The master key is not in the backup: keep what CENTRALPAY_MASTER_KEY has elsewhere.\n"
        }
        return text + "Without it the secrets in the backup cannot be read.\n"
    }

    /// The draft of the file, with errors in words; removed when the command is interrupted.
    private final class Draft {
        private let draft: BackupDraft

        init(_ path: String, replaces: Bool, _ files: any FileSystem) throws(CommandFailure) {
            do throws(FileError) {
                draft = try BackupDraft(path: path, replaces: replaces, files: files)
            } catch {
                throw .failed("the backup cannot be written: \(error)")
            }
            let name = draft.draftPath
            HostProcess.onSignal { _ in
                _ = try? files.remove(name)
                Program.complain("interrupted; no backup was written")
                HostProcess.exit(1)
            }
        }

        func write(_ bytes: [UInt8]) throws(CommandFailure) {
            do throws(FileError) {
                try draft.write(bytes)
            } catch {
                throw .failed("the backup cannot be written, and nothing was kept: \(error)")
            }
        }

        func finish() throws(CommandFailure) {
            do throws(StoreError) {
                try draft.finish()
            } catch {
                throw .failed("the backup cannot be completed, and nothing was kept: \(error)")
            }
        }

        func abandon() { draft.abandon() }
    }
}
