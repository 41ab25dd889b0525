package import Runtime

/// The seam for TLS: turns a connected stream into one that encrypts.
package protocol SecureTransport: Sendable {
    /// Performs the client's handshake with `host` (a name or address without brackets) on `stream`.
    ///
    /// The result owns `stream`: closing it closes both. On a throw the caller closes `stream`.
    func secure(
        _ stream: any ByteStream, host: String, deadline: Instant
    ) async throws(SecureTransportError) -> any ByteStream
}

/// A stream that encrypts.
package protocol SecureStream: ByteStream {
    /// Tells the peer that no more will be sent, so that it knows that nothing was cut off, and waits until that is on
    /// its way, until `deadline` at the latest.
    func finishSending(deadline: Instant) async
}

/// Why a handshake failed. Nothing of the request was sent.
package struct SecureTransportError: Error, Sendable, Equatable {
    /// In a few words, for logs.
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}
