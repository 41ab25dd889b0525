import X509

/// A server that waits for the first hello and agrees on the version.
final class ServerStart: HandshakeState {
    private let configuration: ServerConfiguration

    init(_ configuration: ServerConfiguration) { self.configuration = configuration }

    func receive(_ message: HandshakeMessage, _ channel: inout Channel) throws(TLSError) -> (any HandshakeState)? {
        guard message.type == .clientHello else { throw .unexpected("message before the ClientHello") }
        let hello = try ClientHello(message)
        let version = try negotiate(hello)
        channel.version = version
        switch version {
        case .tls12:
            return try Server12(configuration, hello, message, &channel)
        case .tls13:
            let state = Server13Start(configuration)
            return try state.receive(message, &channel) ?? state
        }
    }

    /// RFC 8446 section 5: nothing may come before the hello.
    func receiveChangeCipherSpec(_ channel: inout Channel) throws(TLSError) {
        throw .unexpected("change_cipher_spec before the ClientHello")
    }

    /// The newest version both sides speak.
    private func negotiate(_ hello: ClientHello) throws(TLSError) -> ProtocolVersion {
        // RFC 8446 section 4.2.1: with the extension, the old field means nothing.
        let isOffered: (ProtocolVersion) -> Bool =
            if let versions = hello.supportedVersions {
                { versions.contains($0.rawValue) }
            } else {
                { $0 == .tls12 && hello.version >= ProtocolVersion.tls12.rawValue }
            }
        let spoken = configuration.minimumVersion...configuration.maximumVersion
        guard let version = [ProtocolVersion.tls13, .tls12].first(where: { spoken.contains($0) && isOffered($0) })
        else { throw .refused(.protocolVersion, "The client speaks no version that is served here.") }
        // RFC 7507 section 3: the client has tried a newer version before, which should have worked.
        if hello.signalsFallback, version < configuration.maximumVersion {
            throw .refused(.inappropriateFallback, "The client has lowered its version without need.")
        }
        return version
    }
}
