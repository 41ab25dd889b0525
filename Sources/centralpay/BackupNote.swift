import JSON
import Runtime
import Storage

/// What stands in a backup besides the store: whose data it is, and when and by what the backup was made. Never the
/// master key.
struct BackupNote: Equatable {
    let madeAt: String
    let version: String
    /// The stamp of the data directory, as it is.
    let stamp: [UInt8]

    init(_ data: DataDirectory, _ clock: any Clock) {
        madeAt = clock.now().description
        version = Version.current
        stamp = data.stamp
    }

    /// - Throws: `failed` when the backup is not one of CentralPay's data, or of a newer form.
    init(_ backup: BackupFile, path: String) throws(CommandFailure) {
        guard case .object(let object)? = try? JSON.parse(backup.note), case .string(let madeAt)? = object["made_at"],
            case .string(let version)? = object["version"], case .string(let stamp)? = object["stamp"],
            let format = DataDirectory.format(ofStamp: Array(stamp.utf8))
        else { throw .failed("\(path) is a backup of something else than CentralPay's data") }
        guard format <= Version.dataFormat else {
            throw .failed("\(path) was made by CentralPay \(version), which is newer: install that one")
        }
        self.madeAt = madeAt
        self.version = version
        self.stamp = Array(stamp.utf8)
    }

    var bytes: [UInt8] {
        JSONValue.object(
            JSONObject([
                ("made_at", .string(madeAt)), ("version", .string(version)),
                ("stamp", .string(String(decoding: stamp, as: UTF8.self))),
            ])
        ).encoded()
    }
}
