import Bytes
import Crypto

/// Builds signed requests.
struct Signer {
    private let key: String
    private let mac: HMACKey

    init(key: String, secret: String) {
        self.key = key
        mac = HMACKey(Array(secret.utf8))
    }

    mutating func request(_ method: String, _ path: String, _ body: [UInt8], milliseconds: Int64) -> [UInt8] {
        let fraction = milliseconds % 1000
        let padding = fraction < 10 ? "00" : fraction < 100 ? "0" : ""
        let timestamp = "\(milliseconds / 1000).\(padding)\(fraction)"
        var signed = mac.start()
        signed.update(timestamp)
        signed.update(".")
        signed.update(body)
        var writer = ByteWriter(capacity: 512)
        writer.append("\(method) \(path) HTTP/1.1\r\nHost: bench\r\nX-Api-Key: \(key)\r\nX-Timestamp: \(timestamp)\r\n")
        writer.append("X-Signature: ")
        writer.append(signed.finalize().hex)
        if !body.isEmpty {
            writer.append("\r\nContent-Type: application/json\r\nContent-Length: \(body.count)")
        }
        writer.append("\r\n\r\n")
        writer.append(body)
        return writer.bytes
    }
}
