import JSON
import Platform
import Runtime
import Storage

/// `centralpay repair`: tells what giving up the damaged end of the log would lose, and does it when told so.
struct RepairCommand: Sendable {
    private static let flag = "lose-damaged-tail"
    private static let word = "LOSE"

    static let command = Command(
        words: ["repair"], summary: "Tell what the damaged end of a log holds, and give it up when told to.",
        options: [
            .flag(flag, "Open the store without what stands behind the damage: it is lost, acknowledged or not."),
            .flag("yes", "Do not ask."), .data, .config, .json,
        ],
        notes: [
            "Only for a stopped store that is refused, and when there is no backup that is new enough. Without",
            "--\(flag) nothing is changed. The damaged file is kept beside the data.",
        ], action: .repair)

    let arguments: Arguments
    let dataPath: String

    init(_ arguments: Arguments) throws(CommandFailure) {
        self.arguments = arguments
        dataPath = try ServerSettings.dataPath(arguments)
    }

    func run(_ doors: Doors) async -> Int32 {
        do throws(CommandFailure) {
            return try await repair(doors)
        } catch {
            Program.complain(error.message)
            return error.exitCode
        }
    }

    private func repair(_ doors: Doors) async throws(CommandFailure) -> Int32 {
        let data = try DataDirectory.open(dataPath, beginning: nil, OpenStore.access(doors, seed: nil))
        let tail: DamagedTail?
        do throws(StoreError) {
            // The lock shows that nobody serves it; it is free again at once.
            let lock = try Self.lock(dataPath, doors.files)
            defer { lock.release() }
            tail = try Store.damagedTail(directory: dataPath, files: doors.files)
        } catch {
            if case .held(let holder) = error { throw .failed("\(dataPath) is in use by \(holder): stop it first") }
            throw .failed((Damage.finding(error) ?? "\(error)") + " Only a backup helps. " + Damage.restoreAdvice)
        }
        guard let tail else {
            Program.show(
                Command.Answer(
                    json: JSONObject([("ok", .bool(true)), ("data", .string(dataPath)), ("damaged", .bool(false))]),
                    text: "The log of \(dataPath) can be read: there is nothing to repair.\n"), arguments)
            return 0
        }
        guard arguments.isGiven(Self.flag) else {
            show(tail, isDone: false, copy: nil)
            return 1
        }
        try confirm(tail)
        let copy = try keep(tail.file, doors.files)
        let store = try OpenStore.open(data, doors, seed: nil, cutsDamagedTail: true)
        await store.close()
        show(tail, isDone: true, copy: copy)
        return 0
    }

    private static func lock(_ path: String, _ files: any FileSystem) throws(StoreError) -> any FileLock {
        do throws(FileError) {
            return try files.lock(path + "/lock", note: "process \(HostProcess.processID)")
        } catch {
            throw error.reason == .isBusy ? .held(by: "another process") : .file(error)
        }
    }

    private func confirm(_ tail: DamagedTail) throws(CommandFailure) {
        HostProcess.write(Self.text(tail), to: .standardError)
        if arguments.isGiven("yes") { return }
        guard HostProcess.isTerminal(.standardInput) else {
            throw .usage("nothing was changed: without a terminal --yes has to be given too")
        }
        HostProcess.write("Type \(Self.word) to give it up: ", to: .standardError)
        guard readLine() == Self.word else { throw .failed("nothing was changed") }
    }

    /// A second name keeps the file when the store gives it up.
    private func keep(_ file: String, _ files: any FileSystem) throws(CommandFailure) -> String {
        let name = file.split(separator: "/").last ?? ""
        do throws(FileError) {
            var copy = "\(dataPath)/damaged-\(name)"
            var count = 1
            while try files.status(copy) != nil {
                count += 1
                copy = "\(dataPath)/damaged-\(name)-\(count)"
            }
            try files.link(file, to: copy)
            try files.syncDirectory(dataPath)
            return copy
        } catch {
            throw .failed("nothing was changed, for the damaged file cannot be kept: \(error)")
        }
    }

    private func show(_ tail: DamagedTail, isDone: Bool, copy: String?) {
        let json = JSONObject([
            ("ok", .bool(isDone)), ("data", .string(dataPath)), ("damaged", .bool(!isDone)),
            ("file", .string(tail.file)), ("offset", .number(JSONNumber(Int64(clamping: tail.offset)))),
            ("reason", .string(tail.reason)),
            ("kept_transactions", .number(JSONNumber(Int64(clamping: tail.keptNumber)))),
            ("kept_until", tail.keptTime.map { .string($0.description) } ?? .null),
            ("lost_groups", .number(JSONNumber(Int64(tail.lostGroupCount)))),
            ("lost_until_transaction", tail.lostNumber.map { .number(JSONNumber(Int64(clamping: $0))) } ?? .null),
            ("lost_bytes", .number(JSONNumber(Int64(clamping: tail.lostByteCount)))),
            ("copy", copy.map { .string($0) } ?? .null),
        ])
        var text = ""
        if isDone {
            text = "The damaged end was given up; \(copy ?? "") keeps the file. centralpay verify checks the rest.\n"
        } else {
            text = Self.text(tail)
            text += "Nothing was changed. A backup may lose less: centralpay restore --from BACKUP --data NEWDIR.\n"
            text += "To lose it: centralpay repair --data \(dataPath) --\(Self.flag)\n"
        }
        Program.show(Command.Answer(json: json, text: text), arguments)
    }

    private static func text(_ tail: DamagedTail) -> String {
        var text = "\(tail.file) is damaged at byte \(tail.offset): \(tail.reason).\n"
        text += "Kept would be: "
        if let time = tail.keptTime {
            text += "transactions up to \(tail.keptNumber), the last of \(time).\n"
        } else {
            text += "nothing.\n"
        }
        text += "Lost would be: \(Damage.loss(of: tail)), whether or not it was acknowledged"
        text += tail.lostGroupCount > 0 ? "; \(tail.lostGroupCount) groups of it can still be recognised.\n" : ".\n"
        return text
    }
}
