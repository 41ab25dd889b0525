/// How far segments hold everything.
struct FlushPoint: Equatable, Sendable {
    /// All transactions up to this one are in segments.
    var number: UInt64 = 0
    /// The application's digest after it; zeros when there never was one.
    var digest = [UInt8](repeating: 0, count: 32)
    /// Its time.
    var milliseconds: Int64 = 0
}
