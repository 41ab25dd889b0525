/// What one connection may ask of the server. Sizes in bytes, times in whole seconds.
package struct ServerLimits: Sendable {
    /// The longest request line without its CR LF; over it 414.
    package var requestLineByteCount = 8 * 1024
    /// The longest field section; over it 431.
    package var headerByteCount = 16 * 1024
    /// The most fields; over it 431.
    package var headerCount = 100
    /// The longest body; over it 413.
    package var bodyByteCount = 1024 * 1024
    /// From the first byte of a request to the end of its head; then 408.
    package var headerSeconds = 10
    /// From the end of the head to the end of the body; then 408.
    package var bodySeconds = 30
    /// Between requests; then the connection closes.
    package var idleSeconds = 60
    /// For one flush of answers; then the connection is cut.
    package var writeSeconds = 30
    /// Open connections of one listener; more are closed at once.
    package var connectionCount = 10_000

    package init() {}
}
