/// The places where entries are, newest first. A snapshot holds one, so nothing it can see goes away.
///
/// Today all of them are memtables; sorted segments will follow them in the same list.
final class Version: Sendable {
    /// The first one is being written.
    let sources: [Memtable]

    /// Entries and bytes of all sources but the first, which still grow.
    private let frozenEntryCount: Int
    private let frozenByteCount: Int

    init(sources: [Memtable]) {
        self.sources = sources
        frozenEntryCount = sources.dropFirst().reduce(0) { $0 + $1.entryCount }
        frozenByteCount = sources.dropFirst().reduce(0) { $0 + $1.byteCount }
    }

    /// For the writer alone, as is `byteCount`.
    var entryCount: Int { frozenEntryCount + sources[0].entryCount }
    var byteCount: Int { frozenByteCount + sources[0].byteCount }
}
