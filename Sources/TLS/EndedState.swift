/// After a failure: nothing more is received.
final class EndedState: HandshakeState {
    func receive(_ message: HandshakeMessage, _ channel: inout Channel) throws(TLSError) -> (any HandshakeState)? {
        throw .unexpected("message after the end")
    }
}
