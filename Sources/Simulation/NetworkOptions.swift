/// How a simulated network behaves. Chances are per million.
package struct NetworkOptions: Sendable {
    /// How long a segment, a connection attempt or a look-up takes, in nanoseconds.
    package var delayNanoseconds: ClosedRange<UInt64> = 10_000...2_000_000
    /// Cuts what is sent and received into pieces of any size from 1 byte; off, pieces are as large as fits.
    package var isSegmenting = true
    /// Bytes one direction of a stream holds before `send` has to wait.
    package var bufferByteCount = 65_536
    /// Streams open at once, both ends counted; over it `connect` throws `exhausted`.
    package var streamLimit = 100_000
    /// Attempts to connect that are refused though somebody listens.
    package var refusalChance = 0
    /// Attempts to connect that nobody answers, so that the deadline passes.
    package var timeoutChance = 0
    /// Segments at which the stream is reset both ways, losing what is under way.
    package var cutChance = 0
    /// Segments lost once and sent again, 0.2 to 3 seconds later; those behind them wait.
    package var dropChance = 0
    /// Segments after which nothing arrives any more, in either direction, and nobody is told.
    package var silenceChance = 0

    package init() {}

    /// No delay, no segmentation: for tests that look at single steps.
    package static var plain: NetworkOptions {
        var options = NetworkOptions()
        options.delayNanoseconds = 0...0
        options.isSegmenting = false
        return options
    }

    /// Everything that can go wrong does, now and then.
    package static var hostile: NetworkOptions {
        var options = NetworkOptions()
        options.refusalChance = 20_000
        options.timeoutChance = 10_000
        options.cutChance = 5000
        options.dropChance = 20_000
        options.silenceChance = 1000
        return options
    }
}
