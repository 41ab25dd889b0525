import Runtime
import Storage

/// What damaged data means, in words for the operator: file, place, what is lost, what to do.
enum Damage {
    /// What is wrong and what it costs, without advice; nil when `error` is no damage.
    static func finding(_ error: StoreError) -> String? {
        guard case .corrupt(let file, let offset, let reason) = error else { return nil }
        return "\(file) is damaged at byte \(offset): \(reason). \(loss(file))"
    }

    private static func loss(_ file: String) -> String {
        let name = file.split(separator: "/").last ?? ""
        if name.hasPrefix("log-") { return "Changes from there on cannot be read." }
        if name.hasPrefix("segment-") { return "The records in that part cannot be read." }
        return "The list of segments cannot be read, and so no record can."
    }

    /// One line for a store that cannot be opened.
    static func refusal(_ error: StoreError, _ path: String, _ files: any FileSystem) -> String {
        guard let finding = finding(error) else { return "\(error)" }
        var line = finding + " Nothing was changed."
        if let tail = try? Store.damagedTail(directory: path, files: files) {
            line += " \(restoreAdvice) Giving up the damaged end instead loses \(loss(of: tail)): "
            return line + "centralpay repair --data \(path) shows it."
        }
        return line + " " + restoreAdvice
    }

    static let restoreAdvice =
        "Keep a copy of this directory, and restore a backup: centralpay restore --from BACKUP --data NEWDIR."

    /// What cutting would lose, as part of a sentence.
    static func loss(of tail: DamagedTail) -> String {
        let bytes = ByteSize.text(tail.lostByteCount)
        guard let last = tail.lostNumber else { return "everything after transaction \(tail.keptNumber), \(bytes)" }
        return "transactions \(tail.keptNumber + 1) to \(last) or more, \(bytes)"
    }
}
