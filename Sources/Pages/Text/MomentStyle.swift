package import Runtime

/// How much of a moment is said.
package enum MomentStyle: String, Sendable {
    /// Such as `15 January 2025`.
    case day
    /// Such as `12:05 UTC`.
    case time
    /// Such as `15 January 2025, 12:05 UTC`.
    case full

    /// The text of `moment` in UTC.
    package func text(_ moment: Timestamp, _ language: Language) -> String {
        switch self {
        case .day: MomentText.day(moment, language)
        case .time: MomentText.time(moment)
        case .full: MomentText.full(moment, language)
        }
    }
}
