import Platform
import Runtime

/// Tells on standard error how far long work has come: on a terminal one line that is drawn again and again, elsewhere
/// a line now and then.
final class ProgressLine: Sendable {
    private static let redrawMilliseconds: UInt64 = 100
    /// Short work says nothing to a file or a mail.
    private static let lineMilliseconds: UInt64 = 10_000
    private static let barWidth = 20

    private struct State {
        var isShown = false
        var lastShown: Instant
        /// When the first bytes were done, and how many: what came before them was waiting.
        var first: (at: Instant, done: UInt64)?
    }

    private let verb: String
    private let isQuiet: Bool
    private let isTerminal: Bool
    private let clock: any Clock
    private let state: Guarded<State>

    init(_ verb: String, isQuiet: Bool, clock: any Clock) {
        self.verb = verb
        self.isQuiet = isQuiet
        self.clock = clock
        isTerminal = HostProcess.isTerminal(.standardError)
        state = Guarded(State(lastShown: clock.instant()))
    }

    /// `done` of `total` bytes are done. Callable from any thread.
    func show(_ done: UInt64, _ total: UInt64) {
        guard !isQuiet else { return }
        let now = clock.instant()
        let wait = isTerminal ? Self.redrawMilliseconds : Self.lineMilliseconds
        let first = state.withLock { state -> (at: Instant, done: UInt64)? in
            let first = state.first ?? (now, done)
            state.first = first
            guard now.nanoseconds(since: state.lastShown) >= wait * 1_000_000 else { return nil }
            state.lastShown = now
            state.isShown = true
            return first
        }
        guard let first else { return }
        let pace = (done - min(first.done, done), now.nanoseconds(since: first.at) / 1_000_000)
        let text = Self.text(verb, done, total, pace: pace, hasBar: isTerminal)
        HostProcess.write(isTerminal ? "\r\u{1b}[K" + text : text + "\n", to: .standardError)
    }

    /// Takes the line away, so that what follows stands alone.
    func end() {
        let wasShown = state.withLock { state -> Bool in
            defer { state.isShown = false }
            return state.isShown
        }
        guard isTerminal, wasShown else { return }
        HostProcess.write("\r\u{1b}[K", to: .standardError)
    }

    /// Such as `backup  [########------------]  43%  120 MB of 280 MB, 95.1 MB/s, 2 s left`.
    /// - Parameter pace: How many bytes were done in how many milliseconds.
    static func text(
        _ verb: String, _ done: UInt64, _ total: UInt64, pace: (byteCount: UInt64, milliseconds: UInt64), hasBar: Bool
    ) -> String {
        let done = min(done, total)
        let percent = total == 0 ? 100 : done * 100 / total
        var text = verb + "  "
        if hasBar {
            let filled = Int(percent) * barWidth / 100
            text += "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: barWidth - filled) + "]"
        }
        text += String(repeating: " ", count: percent < 10 ? 3 : percent < 100 ? 2 : 1) + "\(percent)%"
        text += "  \(ByteSize.text(done)) of \(ByteSize.text(total))"
        guard pace.milliseconds > 0, pace.byteCount > 0 else { return text }
        let rate = pace.byteCount * 1000 / pace.milliseconds
        text += ", \(ByteSize.text(rate))/s"
        guard rate > 0, done < total else { return text }
        return text + ", \(duration(seconds: (total - done + rate - 1) / rate)) left"
    }

    private static func duration(seconds: UInt64) -> String {
        if seconds < 100 { return "\(seconds) s" }
        if seconds < 6000 { return "\((seconds + 59) / 60) min" }
        return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }
}
