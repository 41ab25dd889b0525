/// How much a log line matters.
package enum LogLevel: String, Sendable {
    case info, warning
    /// Somebody has to act.
    case error
}

/// Where log lines go. A line is one JSON object; it holds no secret, no card number, no token.
package protocol LogSink: Sendable {
    func write(_ level: LogLevel, _ event: StaticString, _ fields: [(name: StaticString, value: String)])
}
