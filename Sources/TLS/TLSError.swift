/// Why a connection ended, or why it cannot do what was asked.
///
/// All but ``notReady`` are final: every later call throws the same error again.
public enum TLSError: Error, Sendable, Hashable {
    /// The peer broke the protocol or offers nothing acceptable; the alert lies in the output. The sentence says what.
    case refused(AlertDescription, String)
    /// The peer's certificate is not trusted for this name at this time; the alert lies in the output.
    case untrusted(AlertDescription, String)
    /// The peer ended the connection with this alert.
    case received(AlertDescription)
    /// The transport ended without close_notify: what was received may have been cut short by anyone.
    case truncated
    /// Nothing can be sent: the handshake is not over yet, or this side has closed. Nothing was changed.
    case notReady

    /// The alert that was sent or received, if there was one.
    public var alert: AlertDescription? {
        switch self {
        case .refused(let alert, _), .untrusted(let alert, _), .received(let alert): alert
        case .truncated, .notReady: nil
        }
    }
}

extension TLSError: CustomStringConvertible {
    /// A sentence for a log.
    public var description: String {
        switch self {
        case .refused(let alert, let reason): "\(reason) (\(alert))"
        case .untrusted(let alert, let reason): "The peer's certificate is not accepted: \(reason) (\(alert))"
        case .received(let alert): "The peer ended the connection with \(alert)."
        case .truncated: "The connection ended without close_notify."
        case .notReady: "The connection is not ready to send."
        }
    }
}

extension TLSError {
    static func decode(_ what: String) -> TLSError { .refused(.decodeError, "Malformed \(what).") }
    static func illegal(_ reason: String) -> TLSError { .refused(.illegalParameter, reason) }
    static func unexpected(_ what: String) -> TLSError { .refused(.unexpectedMessage, "Unexpected \(what).") }
}
