/// A file or directory of a simulated disk; names lead to it.
struct DiskNode: Sendable {
    var file = FileBlocks()
    /// Nil for a file.
    var directory: DirectoryEntries?
    /// Names that mean it, as processes see them.
    var linkCount = 0
    /// Handles open on it.
    var openCount = 0
    var permissions: UInt32
    var owner: UInt32 = 1000

    init(isDirectory: Bool) {
        if isDirectory { directory = DirectoryEntries() }
        permissions = isDirectory ? 0o700 : 0o600
    }
}
