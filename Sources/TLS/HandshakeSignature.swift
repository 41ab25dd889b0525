import Crypto

/// What a CertificateVerify signs (RFC 8446 section 4.4.3).
enum HandshakeSignature {
    /// 64 spaces, the context, a zero byte, and the hash of the messages so far.
    static func content(_ context: StaticString, _ transcript: HashValue) -> [UInt8] {
        var content = [UInt8](repeating: 0x20, count: 64)
        content.append(contentsOf: "\(context)".utf8)
        content.append(0)
        transcript.append(to: &content)
        return content
    }

    static let server: StaticString = "TLS 1.3, server CertificateVerify"
}
