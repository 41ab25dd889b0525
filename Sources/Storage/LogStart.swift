/// Where the log begins that a manifest needs.
struct LogStart: Equatable, Sendable {
    /// The first file; those before it hold nothing that is not in segments.
    var fileNumber: UInt64
    /// What that file's header says of the log before it.
    var previousNumber: UInt64
    var previousHash: UInt64
}
