import Bytes
import Crypto
import Runtime

/// Signs one try of a delivery, in the scheme of the API and in that of Standard Webhooks.
struct WebhookSignature {
    /// What every secret begins with.
    static let secretPrefix = "whsec_"

    /// `whsec_` and base64 of `random`, which has 32 bytes.
    static func secret(_ random: [UInt8]) -> String {
        secretPrefix + Base64.encode(random)
    }

    private let id: String
    private let timestamp: String
    private let body: [UInt8]

    init(id: String, at time: Timestamp, body: [UInt8]) {
        self.id = id
        timestamp = String(time.seconds)
        self.body = body
    }

    /// The fields that prove origin and time.
    ///
    /// - Parameters:
    ///   - secret: signs alone, or is the old one while `next` takes over.
    ///   - next: the new secret while a rotation overlaps.
    func headers(secret: String, next: String?) -> [(name: String, value: String)] {
        var headers = [("X-Timestamp", timestamp), ("X-Signature", plain(secret))]
        if let next { headers.append(("X-Signature-Next", plain(next))) }
        headers.append(("webhook-id", id))
        headers.append(("webhook-timestamp", timestamp))
        headers.append(
            ("webhook-signature", ([secret] + (next.map { [$0] } ?? [])).map(standard).joined(separator: " ")))
        return headers
    }

    /// Hexadecimal HMAC-SHA256 of `timestamp.body`, keyed with the whole secret as text.
    private func plain(_ secret: String) -> String {
        HMACKey(Array(secret.utf8)).authenticate(Array((timestamp + ".").utf8), body).hex
    }

    /// `v1,` and base64 of the HMAC-SHA256 of `id.timestamp.body`, keyed with the bytes behind the prefix.
    private func standard(_ secret: String) -> String {
        let key = Base64.decode(secret.dropFirst(Self.secretPrefix.count)) ?? []
        return "v1," + Base64.encode(HMACKey(key).authenticate(Array("\(id).\(timestamp).".utf8), body).bytes)
    }
}
