import Billing
import Platform
import Runtime
import Storage

/// Opens what a server or a command works on.
enum OpenStore {
    /// Everything is read and checked once a week.
    private static let scrubIntervalSeconds = 604_800

    /// - Throws: `failed` in words for the operator.
    static func open(
        _ data: DataDirectory, _ doors: Doors, seed: UInt64?, isReadOnly: Bool = false, cutsDamagedTail: Bool = false,
        onFailure: @escaping @Sendable (StoreError) -> Void = { _ in }
    ) throws(CommandFailure) -> Store {
        var options = StoreOptions()
        options.seed = seed
        options.isReadOnly = isReadOnly
        options.holderNote = "process \(HostProcess.processID)"
        options.onFailure = onFailure
        options.cutsDamagedTail = cutsDamagedTail
        options.scrubIntervalSeconds = scrubIntervalSeconds
        options.scrubRules = { Invariants(of: $0, recoveredDigest: nil).findings }
        do throws(StoreError) {
            return try Store.open(directory: data.path, doors: doors, options: options)
        } catch {
            switch error {
            case .held(let holder):
                throw .failed("\(data.path) is in use by \(holder): stop it first, or use another directory")
            case .file(let file) where file.reason == .noSpace:
                throw .failed("no space is left for \(data.path): \(file)")
            case .file(let file) where file.reason == .readOnly || file.reason == .permissionDenied:
                throw .failed("\(data.path) cannot be written: \(file)")
            default: throw .failed(Damage.refusal(error, data.path, doors.files))
            }
        }
    }

    /// How this process may open a data directory.
    static func access(_ doors: Doors, seed: UInt64?) -> DataDirectory.Access {
        DataDirectory.Access(
            files: doors.files, entropy: doors.entropy, userID: HostProcess.userID,
            environmentKey: HostProcess.environment("CENTRALPAY_MASTER_KEY"), seed: seed)
    }
}
