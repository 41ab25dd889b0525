package import Runtime

/// The log of a world: its lines, in memory, the newest 100,000.
///
/// Unchecked: a world is driven by one thread, which `trace.thread` asserts.
package final class MemoryLog: LogSink, @unchecked Sendable {
    private let trace: Trace
    private static let lineLimit = 100_000
    /// Oldest first, each one JSON object.
    package private(set) var lines: [String] = []

    init(trace: Trace) {
        self.trace = trace
    }

    package func write(_ level: LogLevel, _ event: StaticString, _ fields: [(name: StaticString, value: String)]) {
        var line = #"{"level":"\#(level.rawValue)","event":"\#(event)""#
        for field in fields { line += #","\#(field.name)":"\#(Self.escaped(field.value))""# }
        line += "}"
        trace.record(.log, Trace.hash(line))
        if lines.count == Self.lineLimit { lines.removeFirst(Self.lineLimit / 2) }
        lines.append(line)
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\u{0}"..."\u{1f}": result += "?"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
