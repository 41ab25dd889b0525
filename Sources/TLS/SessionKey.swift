import Crypto

/// The secret of a session, held once however often the session is handed on.
final class SessionKey: Sendable {
    let secret: Secret

    init(_ secret: consuming Secret) { self.secret = secret }
}
