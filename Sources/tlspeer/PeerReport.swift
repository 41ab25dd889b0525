import JSON
import Platform
import TLS
import X509

/// The line of JSON that tells of one connection.
enum PeerReport {
    static func write(_ summary: HandshakeSummary, byteCount: Int, isClean: Bool) {
        var json = JSONWriter()
        json.beginObject()
        json.name("version")
        json.string(summary.version == .tls13 ? "1.3" : "1.2")
        json.name("suite")
        json.string(String(summary.cipherSuite.rawValue, radix: 16))
        json.name("group")
        json.string(summary.group == .x25519 ? "x25519" : "p256")
        json.name("scheme")
        if let scheme = summary.signatureScheme {
            json.string(String(scheme.rawValue, radix: 16))
        } else {
            json.null()
        }
        json.name("protocol")
        if let name = summary.applicationProtocol { json.string(name) } else { json.null() }
        json.name("name")
        if let name = summary.serverName { json.string(name) } else { json.null() }
        json.name("resumed")
        json.bool(summary.isResumed)
        json.name("retried")
        json.bool(summary.isRetried)
        json.name("bytes")
        json.integer(Int64(byteCount))
        json.name("clean")
        json.bool(isClean)
        json.endObject()
        HostProcess.write(json.bytes + [0x0a], to: .standardOutput)
    }

    static func write(error: String) {
        var json = JSONWriter()
        json.beginObject()
        json.name("error")
        json.string(error)
        json.endObject()
        HostProcess.write(json.bytes + [0x0a], to: .standardOutput)
    }
}
