import Bytes
package import Runtime

/// Why the store refused, in the decisions a caller can take.
package enum StoreError: Error, Equatable {
    /// The queue of writes or the memory for them is full; nothing was done. Worth another try in a second.
    case busy
    /// The volume is nearly full; nothing was done. Writes resume by themselves when there is room.
    case storageFull
    /// The log failed while the transaction was on its way: it may or may not be there after a restart.
    case outcomeUnknown
    /// Another record has the same key in a unique index; nothing was done.
    case uniqueConflict(table: StaticString, index: UInt8)
    /// The store is closed, was opened to be read only, or has stopped after a failure; nothing was done.
    case closed
    /// Another process has the store open; `by` is the note it left.
    case held(by: String)
    /// The stored bytes are not what was written.
    case corrupt(file: String, offset: UInt64, reason: String)
    /// A newer version of the program wrote the store.
    case newerFormat(UInt32)
    case file(FileError)
    /// A key, a record or a whole transaction is over its limit, or it read too many rows; nothing was done.
    case tooLarge
    /// A record does not have the form its table declares.
    case undecodable(table: StaticString, key: [UInt8])
    /// An index entry without the record it stands for.
    case danglingEntry(table: StaticString, index: UInt8, key: [UInt8])
    /// A read went on for longer than a snapshot may be held; begin another one where it ended.
    case snapshotTooOld(limitSeconds: Int)

    package static func == (left: StoreError, right: StoreError) -> Bool {
        left.description == right.description
    }
}

extension StoreError: CustomStringConvertible {
    /// What damage to `file` costs.
    private static func loss(_ file: String) -> String {
        let name = file.split(separator: "/").last ?? ""
        if LogFormat.fileNumber(String(name)) != nil { return "Changes from there on cannot be read." }
        if SegmentFormat.fileNumber(String(name)) != nil { return "The records in that part cannot be read." }
        if name == ManifestFile.currentName || name.hasPrefix("MANIFEST-") {
            return "The list of segments cannot be read, and so no record can."
        }
        return "What is in it cannot be read."
    }

    package var description: String {
        switch self {
        case .busy: "too many writes are waiting; try again in a second"
        case .storageFull: "the volume is nearly full: writes are refused until there is room"
        case .outcomeUnknown:
            "the log could not be written: whether this change is kept is known after the next start"
        case .uniqueConflict(let table, let index): "another \(table) has the same key in unique index \(index)"
        case .closed: "the store takes no writes: it is closed or stopped"
        case .held(let holder): "another process has the store open: \(holder)"
        case .corrupt(let file, let offset, let reason):
            "\(file) is damaged at byte \(offset): \(reason). \(Self.loss(file)) Keep a copy of the directory, then go back "
                + "to the newest backup: centralpay restore --from BACKUP --data NEWDIR"
        case .newerFormat(let version):
            "the store has format \(version), which this version of the program does not know: install a newer one"
        case .file(let error): "\(error)"
        case .tooLarge: "a key, a record or the whole change is over its limit"
        case .undecodable(let table, let key): "a record of \(table) cannot be read, key \(Hex.encode(key))"
        case .danglingEntry(let table, let index, let key):
            "index \(index) of \(table) has an entry without its record, key \(Hex.encode(key))"
        case .snapshotTooOld(let limit):
            "a read was ended because it held one state of the store for more than \(limit) seconds"
        }
    }
}
