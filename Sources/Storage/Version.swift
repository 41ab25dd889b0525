/// The places where entries are, newest first. A snapshot holds one, so nothing it can see goes away.
///
/// Today all of them are memtables; sorted segments will follow them in the same list.
final class Version: Sendable {
    /// The first one is being written.
    let sources: [Memtable]

    init(sources: [Memtable]) {
        self.sources = sources
    }
}
