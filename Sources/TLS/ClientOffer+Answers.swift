import Bytes

/// What a server may answer to an offer, in either version.
extension ClientOffer {
    /// The protocol the server chose by ALPN (RFC 7301 section 3.1): exactly one, and one that was offered.
    func applicationProtocol(in extensions: ExtensionBlock) throws(TLSError) -> String? {
        guard var body = extensions[.applicationProtocols] else { return nil }
        var list = try body.vector16("ALPN")
        let name = try list.opaque8("ALPN", in: 1...255)
        try list.expectEnd("ALPN")
        try body.expectEnd("ALPN")
        guard let chosen = configuration.applicationProtocols.first(where: { Array($0.utf8) == name }) else {
            throw .illegal("The server chose a protocol that was not offered.")
        }
        return chosen
    }
}
