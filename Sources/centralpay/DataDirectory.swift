import Bytes
import Crypto
import JSON
import Runtime
import Storage

/// The directory of one server's data: its stamp, its master key, and the store's files.
struct DataDirectory: Sendable {
    /// Whose data it is; the demonstration's is never served as real.
    enum Kind: String, Sendable {
        case server, demo
    }

    static let stampName = "centralpay.json"
    static let keyName = "master.key"
    private static let restoredName = "restored_at"
    private static let draftSuffix = ".new"
    private static let stampByteLimit = 4096
    /// What a first start needs at least: below the reserve of the store nothing could be written.
    private static let leastFreeByteCount: UInt64 = 80 << 20
    /// Names that do not make a directory somebody else's.
    private static let harmlessNames: Set<String> = [keyName, "lock", "lost+found"]

    /// Names that a directory into which a backup is restored may hold already.
    static let restorableNames: Set<String> = [keyName, "lost+found"]

    let path: String
    let kind: Kind
    let master: Sealer
    /// The bytes of the stamp.
    let stamp: [UInt8]
    /// When the data was restored from a backup the last time; nil if it never was.
    let restoredAt: String?
    /// The file with the master key; nil when the environment gave it.
    let keyPath: String?

    /// How a directory may be opened.
    struct Access: Sendable {
        var files: any FileSystem
        var entropy: any Entropy
        var userID: UInt32
        /// The hexadecimal master key of the environment; nil for the file beside the data.
        var environmentKey: String?
        /// Derives the master key of a new directory.
        var seed: UInt64?
    }

    /// Opens the directory; one that is missing or empty is begun if `beginning` says as what.
    ///
    /// - Throws: `failed`, having changed nothing that was there.
    static func open(
        _ path: String, beginning newKind: Kind?, _ access: Access
    ) throws(CommandFailure) -> DataDirectory {
        let outcome: Result<DataDirectory, CommandFailure>
        do throws(FileError) {
            outcome = try openFiles(path, beginning: newKind, access)
        } catch {
            switch error.reason {
            case .noSpace: throw .failed("no space is left for \(path): \(error)")
            case .readOnly, .permissionDenied: throw .failed("\(path) cannot be written: \(error)")
            default: throw .failed("\(error)")
            }
        }
        return try outcome.get()
    }

    private static func openFiles(
        _ path: String, beginning newKind: Kind?, _ access: Access
    ) throws(FileError) -> Result<DataDirectory, CommandFailure> {
        let files = access.files
        guard let status = try files.status(path) else {
            guard newKind != nil else {
                return failure("\(path) does not exist; centralpay serve --data \(path) begins it")
            }
            return try begin(path, newKind, access)
        }
        guard status.isDirectory else { return failure("\(path) is not a directory") }
        guard status.owner == access.userID else {
            return failure("\(path) belongs to user \(status.owner): run this as that user")
        }
        guard status.permissions & 0o300 == 0o300 else {
            return failure("\(path) is read-only: its mode is \(String(status.permissions, radix: 8))")
        }
        if try Store.isBeingRestored(path, files: files) {
            return failure(
                "a restore into \(path) was not completed: give the same centralpay restore again, or remove the directory"
            )
        }
        if let stamp = try read(path + "/" + stampName, files) {
            return try existing(path, stamp, access)
        }
        let others = try files.list(path).filter { name in
            !harmlessNames.contains(name) && !name.hasPrefix(".") && !name.hasSuffix(draftSuffix)
        }
        guard others.isEmpty else {
            return failure("\(path) has no CentralPay data and is not empty: name a new directory")
        }
        guard newKind != nil else {
            return failure("\(path) has no CentralPay data: check --data, or centralpay serve begins it")
        }
        return try begin(path, newKind, access)
    }

    private static func failure(_ message: String) -> Result<DataDirectory, CommandFailure> {
        .failure(.failed(message))
    }

    private static func read(_ path: String, _ files: any FileSystem) throws(FileError) -> [UInt8]? {
        guard try files.status(path) != nil else { return nil }
        let file = try files.open(path, .readOnly)
        defer { file.close() }
        return try file.read(at: 0, count: stampByteLimit)
    }

    // MARK: A new directory

    private static func begin(
        _ path: String, _ kind: Kind?, _ access: Access
    ) throws(FileError) -> Result<DataDirectory, CommandFailure> {
        let files = access.files
        let parent = parent(of: path)
        let place = try files.status(path) == nil ? parent : path
        guard try files.status(place) != nil else { return failure("\(parent) does not exist; make it first") }
        guard try files.freeSpace(place) >= leastFreeByteCount else {
            return failure("no space is left for \(path): a new data directory needs \(leastFreeByteCount >> 20) MiB")
        }
        if try files.status(path) == nil {
            try files.makeDirectory(path)
            try files.syncDirectory(parent)
        }
        let key: [UInt8]
        if let text = access.environmentKey {
            guard let bytes = decode(text) else { return failure(badEnvironmentKey) }
            key = bytes
        } else {
            let new =
                access.seed.map {
                    DeterministicRandom(seed: $0).bytes(32, purpose: Array("master key".utf8), number: 0)
                }
                ?? access.entropy.bytes(Sealer.keyByteCount)
            key = try keep(new, as: keyName, in: path, files)
        }
        guard let master = try? Sealer(masterKey: Secret(key)) else {
            return failure("\(path)/\(keyName) is damaged: it has \(key.count) bytes instead of 32")
        }
        let stamp = JSONObject([
            ("format", .number(JSONNumber(Version.dataFormat))),
            ("kind", .string((kind ?? .server).rawValue)),
            ("key_check", .string(keyCheck(master))),
        ])
        let written = try keep(JSONValue.object(stamp).encoded() + [0x0a], as: stampName, in: path, files)
        return try existing(path, written, access)
    }

    /// Writes a file that must never change again; when another process was quicker, what it wrote.
    private static func keep(
        _ bytes: [UInt8], as name: String, in path: String, _ files: any FileSystem
    ) throws(FileError) -> [UInt8] {
        let target = path + "/" + name
        if let present = try read(target, files) { return present }
        let draft = target + draftSuffix
        if try files.status(draft) != nil { try files.remove(draft) }
        let file = try files.open(draft, .createNew)
        do throws(FileError) {
            defer { file.close() }
            try file.write(bytes, at: 0)
            try file.sync()
        } catch {
            try? files.remove(draft)
            throw error
        }
        do throws(FileError) {
            try files.link(draft, to: target)
        } catch  where error.reason == .alreadyExists {
            // Both began at once: theirs counts.
        }
        try files.remove(draft)
        try files.syncDirectory(path)
        return try read(target, files) ?? bytes
    }

    // MARK: An existing one

    private static func existing(
        _ path: String, _ stamp: [UInt8], _ access: Access
    ) throws(FileError) -> Result<DataDirectory, CommandFailure> {
        let stampPath = path + "/" + stampName
        guard case .object(let object)? = try? JSON.parse(stamp), case .number(let number)? = object["format"],
            let format = number.integer
        else { return failure("\(stampPath) is damaged; restore it from a backup") }
        guard format <= Version.dataFormat else {
            return failure("\(path) was written by a newer CentralPay (format \(format)): install that one")
        }
        guard case .string(let word)? = object["kind"], let kind = Kind(rawValue: word),
            case .string(let check)? = object["key_check"]
        else { return failure("\(stampPath) is damaged; restore it from a backup") }
        let key: [UInt8]
        if let text = access.environmentKey {
            guard let bytes = decode(text) else { return failure(badEnvironmentKey) }
            key = bytes
        } else {
            let keyPath = path + "/" + keyName
            guard let bytes = try read(keyPath, access.files), let status = try access.files.status(keyPath) else {
                return failure("\(keyPath) is missing: put it back, or set CENTRALPAY_MASTER_KEY")
            }
            guard status.permissions & 0o077 == 0 else {
                return failure("\(keyPath) can be read by others: chmod 600 \(keyPath)")
            }
            key = bytes
        }
        guard let master = try? Sealer(masterKey: Secret(key)) else {
            return failure("the master key of \(path) has \(key.count) bytes instead of 32")
        }
        guard keyCheck(master) == check else {
            return failure("the master key is not the one that \(path) was begun with")
        }
        var restoredAt: String?
        if case .string(let time)? = object[restoredName] { restoredAt = time }
        return .success(
            DataDirectory(
                path: path, kind: kind, master: master, stamp: stamp, restoredAt: restoredAt,
                keyPath: access.environmentKey == nil ? path + "/" + keyName : nil))
    }

    /// The stamp of data that is restored at `now`: its live applications wait until the operator has looked.
    static func stamp(_ stamp: [UInt8], restoredAt now: Timestamp) -> [UInt8] {
        guard case .object(let object)? = try? JSON.parse(stamp) else { return stamp }
        let members = object.members.filter { $0.name != restoredName } + [(restoredName, .string(now.description))]
        return JSONValue.object(JSONObject(members)).encoded() + [0x0a]
    }

    /// The form of the data that a stamp speaks of; nil when it is no stamp.
    static func format(ofStamp stamp: [UInt8]) -> Int64? {
        guard case .object(let object)? = try? JSON.parse(stamp), case .number(let number)? = object["format"],
            case .string? = object["key_check"]
        else { return nil }
        return number.integer
    }

    /// Whether `key` is the master key that `stamp` was made with.
    static func fits(key: [UInt8], stamp: [UInt8]) -> Bool {
        guard let master = try? Sealer(masterKey: Secret(key)), case .object(let object)? = try? JSON.parse(stamp),
            case .string(let check)? = object["key_check"]
        else { return false }
        return keyCheck(master) == check
    }

    /// The master key of the environment; nil when there is none.
    static func environmentKey(_ text: String?) throws(CommandFailure) -> [UInt8]? {
        guard let text else { return nil }
        guard let key = decode(text) else { throw .failed(badEnvironmentKey) }
        return key
    }

    private static let badEnvironmentKey = "CENTRALPAY_MASTER_KEY is not 64 hexadecimal digits"

    private static func decode(_ text: String) -> [UInt8]? {
        Hex.decode(text).flatMap { $0.count == Sealer.keyByteCount ? $0 : nil }
    }

    /// Tells one master key from another and nothing else about it.
    private static func keyCheck(_ master: Sealer) -> String {
        String(master.derivedKey(purpose: "key check").authenticate(Array("centralpay".utf8)).hex.prefix(16))
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
