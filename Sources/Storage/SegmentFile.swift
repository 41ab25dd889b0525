import Runtime
import Synchronization

/// The file of a segment: opened when it is read, and closed when others are read more.
final class SegmentFile: Sendable {
    private struct State {
        var file: (any File)?
        /// The name is gone, or is about to go: the file stays open.
        var isPinned = false
        /// No manifest names the file any more.
        var isObsolete = false
    }

    let path: String
    private let files: any FileSystem
    private let table: FileTable
    private let state = Guarded(State())
    private let wasUsed = Atomic(true)

    /// Opens the file at `path`.
    init(_ path: String, files: any FileSystem, table: FileTable) throws(FileError) {
        self.path = path
        self.files = files
        self.table = table
        _ = try open()
    }

    func read(at offset: UInt64, count: Int) throws(FileError) -> [UInt8] {
        try open().read(at: offset, count: count)
    }

    func byteCount() throws(FileError) -> UInt64 {
        try open().byteCount()
    }

    /// The file, which stays open for as long as the answer is held.
    private func open() throws(FileError) -> any File {
        if !wasUsed.load(ordering: .relaxed) { wasUsed.store(true, ordering: .relaxed) }
        if let file = state.withLock({ $0.file }) { return file }
        let opened = try files.open(path, .readOnly)
        let (file, isNew) = state.withLock { state -> (any File, Bool) in
            if let file = state.file { return (file, false) }
            state.file = opened
            return (opened, true)
        }
        if isNew { table.add(self) }
        return file
    }

    /// Whether the file was read since the last call.
    func takeUse() -> Bool { wasUsed.exchange(false, ordering: .relaxed) }

    /// Closes the file once nobody reads it, unless it could not be opened again.
    func letGo() {
        state.withLock { state in if !state.isPinned { state.file = nil } }
    }

    /// Removes the name of a file that no manifest needs. Whoever reads it goes on reading: it stays open, or, when too
    /// many do, keeps its name for so long.
    func removeName() {
        state.withLock { $0.isObsolete = true }
        guard table.mayPin() else { return }
        state.withLock { $0.isPinned = true }
        // A file that cannot be opened now may be read no more; only old snapshots would.
        _ = try? open()
        _ = try? files.remove(path)
    }

    /// Called once, when no version has the segment any more.
    func end() {
        let (isPinned, isObsolete) = state.withLock { state in
            state.file = nil
            return (state.isPinned, state.isObsolete)
        }
        table.remove(self, wasPinned: isPinned)
        if isObsolete, !isPinned { _ = try? files.remove(path) }
    }
}
