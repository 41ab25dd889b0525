/// One state of a connection: what it makes of the peer's messages.
///
/// A state acts on its ``Channel`` and names the next state. The states are:
///
///     ClientStart ─┬─ Client13 ── Established13      ServerStart ─┬─ Server13Start ── Server13 ── Established13
///                  └─ Client12 ── Established12                   └─ Server12 ── Established12
protocol HandshakeState: AnyObject {
    /// The peer's next message, whole.
    ///
    /// - Returns: The next state, or nil to stay in this one.
    /// - Throws: ``TLSError``, whose alert the connection sends; the state is not asked again.
    func receive(_ message: HandshakeMessage, _ channel: inout Channel) throws(TLSError) -> (any HandshakeState)?

    /// A change_cipher_spec record, which holds the one byte it must hold.
    func receiveChangeCipherSpec(_ channel: inout Channel) throws(TLSError)

    /// The keys for sending are near their limit: changes them, where the version can.
    func updateKeys(_ channel: inout Channel)
}

extension HandshakeState {
    /// RFC 8446 section 5: dropped until the peer's Finished, an error from then on.
    func receiveChangeCipherSpec(_ channel: inout Channel) throws(TLSError) {
        guard !channel.isEstablished else { throw .unexpected("change_cipher_spec") }
    }

    func updateKeys(_ channel: inout Channel) {}
}
