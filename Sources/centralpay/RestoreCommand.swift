import JSON
import Platform
import Runtime
import Storage

/// `centralpay restore`: makes a data directory of a backup.
struct RestoreCommand: Sendable {
    static let command = Command(
        words: ["restore"], summary: "Make a new data directory of a backup.",
        options: [
            .required("from", "FILE", "The backup."),
            .value("key", "FILE", "A copy of the master key, to be put beside the data."), .data, .config, .quiet,
            .json,
        ],
        notes: [
            "The whole backup is checked before anything is written, and the data is read back before it counts. The",
            "directory must not exist or be empty, but for master.key. Interrupted, it is refused by all other commands",
            "until the same restore is given again.",
        ], action: .restore)

    private static let keyByteLimit = 4096

    let arguments: Arguments
    let dataPath: String
    private let source: String
    private let file: any File
    private let backup: BackupFile
    private let note: BackupNote
    /// The key that `--key` names.
    private let key: [UInt8]?

    /// Opens what the caller may read, before the rights become those of the directory's owner.
    init(_ arguments: Arguments, _ files: any FileSystem) throws(CommandFailure) {
        self.arguments = arguments
        dataPath = try ServerSettings.dataPath(arguments)
        source = arguments.value("from") ?? ""
        (file, backup) = try CheckBackupCommand.open(source, files)
        note = try BackupNote(backup, path: source)
        guard let path = arguments.value("key") else {
            key = nil
            return
        }
        do throws(FileError) {
            let file = try files.open(path, .readOnly)
            defer { file.close() }
            key = try file.read(at: 0, count: Self.keyByteLimit)
        } catch {
            throw .failed("the master key cannot be read: \(error)")
        }
        guard DataDirectory.fits(key: key ?? [], stamp: note.stamp) else {
            throw .failed("\(path) is not the master key of this backup; nothing was restored")
        }
    }

    /// Where the rights to write come from: the directory, or the one it is made in.
    static func place(of dataPath: String, _ files: any FileSystem) -> String {
        if (try? files.status(dataPath)) ?? nil != nil { return dataPath }
        guard let slash = dataPath.lastIndex(of: "/") else { return "." }
        return slash == dataPath.startIndex ? "/" : String(dataPath[..<slash])
    }

    func run(_ doors: Doors) async -> Int32 {
        let progress = ProgressLine("restore", isQuiet: arguments.isGiven("quiet"), clock: doors.clock)
        let dataPath = dataPath
        HostProcess.onSignal { _ in
            progress.end()
            Program.complain("interrupted; \(dataPath) is no data directory until the same restore is given again")
            HostProcess.exit(1)
        }
        defer { file.close() }
        let answer: JSONObject
        do throws(CommandFailure) {
            answer = try restore(progress, doors)
        } catch {
            progress.end()
            Program.complain(error.message)
            return error.exitCode
        }
        progress.end()
        Program.show(Command.Answer(json: answer, text: text(answer)), arguments)
        return 0
    }

    private func restore(_ progress: ProgressLine, _ doors: Doors) throws(CommandFailure) -> JSONObject {
        let files = doors.files
        let hasKey = try checkKey(files)
        try checkPlace(files)
        let stamp = DataDirectory.stamp(note.stamp, restoredAt: doors.clock.now())
        var companions = [(name: DataDirectory.stampName, bytes: stamp)]
        if let key, !hasKey.inPlace { companions.append((DataDirectory.keyName, key)) }
        do throws(StoreError) {
            try backup.restore(
                to: dataPath, files: files, companions: companions, harmlessNames: DataDirectory.restorableNames,
                progress: progress.show)
        } catch {
            throw failure(error)
        }
        return JSONObject([
            ("ok", .bool(true)), ("data", .string(dataPath)), ("backup", .string(source)),
            ("made_at", .string(note.madeAt)),
            ("transactions", .number(JSONNumber(Int64(clamping: backup.report.transactionNumber)))),
            ("master_key", .string(hasKey.inPlace || key != nil ? "in place" : hasKey.any ? "environment" : "missing")),
        ])
    }

    /// A key that is there already must be the right one.
    private func checkKey(_ files: any FileSystem) throws(CommandFailure) -> (any: Bool, inPlace: Bool) {
        let path = dataPath + "/" + DataDirectory.keyName
        let present = try CommandFailure.words("the master key cannot be read: ") { () throws(FileError) -> [UInt8]? in
            guard try files.status(path) != nil else { return nil }
            let file = try files.open(path, .readOnly)
            defer { file.close() }
            return try file.read(at: 0, count: Self.keyByteLimit)
        }
        if let present, !DataDirectory.fits(key: present, stamp: note.stamp) {
            throw .failed("\(path) is not the master key of this backup; nothing was restored")
        }
        let isInPlace = present != nil
        guard let given = try DataDirectory.environmentKey(HostProcess.environment("CENTRALPAY_MASTER_KEY")) else {
            return (isInPlace || key != nil, isInPlace)
        }
        guard DataDirectory.fits(key: given, stamp: note.stamp) else {
            throw .failed("CENTRALPAY_MASTER_KEY is not the master key of this backup; nothing was restored")
        }
        return (true, isInPlace)
    }

    /// Whether the volume has room, before anything is written.
    private func checkPlace(_ files: any FileSystem) throws(CommandFailure) {
        let place = Self.place(of: dataPath, files)
        let status = try CommandFailure.words { () throws(FileError) in try files.status(place) }
        guard let status, status.isDirectory else { throw .failed("\(place) is no directory") }
        let free = try CommandFailure.words { () throws(FileError) in try files.freeSpace(place) }
        let needed = backup.storeByteCount + (1 << 20)
        guard free >= needed else {
            throw .failed(
                "\(dataPath) needs \(ByteSize.text(needed)), and the volume has \(ByteSize.text(free)) left; nothing "
                    + "was restored")
        }
    }

    private func failure(_ error: StoreError) -> CommandFailure {
        switch error {
        case .corrupt(let file, let offset, let reason) where file != source:
            // Read back wrong: the volume is bad, not the backup.
            .failed(
                "\(file) was not written well, byte \(offset): \(reason). Have the volume checked; nothing was kept")
        case .file(let file) where file.reason == .alreadyExists:
            .failed("\(dataPath) is not empty: \(file.path) is there. Name a new directory")
        case .file(let file): .failed("nothing was restored: \(file)")
        case .held: .failed("\(dataPath) is in use by another process")
        default: CheckBackupCommand.failure(error, source)
        }
    }

    private func text(_ answer: JSONObject) -> String {
        var text = TextReport.text(of: answer)
        if answer["master_key"] == .string("missing") {
            text +=
                "Before it is served, put the master key at \(dataPath)/\(DataDirectory.keyName) with mode 600, or set "
                + "CENTRALPAY_MASTER_KEY.\n"
        }
        return text
            + "The data is that of \(note.madeAt): what was paid, refunded or changed later is not in it. Live "
            + "applications are held when it is served: nothing is charged, refunded or delivered. Compare with the "
            + "gateways, and make sure that no other server works on a copy; then centralpay release ends the hold.\n"
    }
}
