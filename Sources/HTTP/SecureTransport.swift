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

/// Why a handshake failed. Nothing of the request was sent.
package struct SecureTransportError: Error, Sendable, Equatable {
    /// In a few words, for logs.
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}
