import Billing
import Bytes
import Crypto
import HTTP
import Runtime

/// What a request claims about its sender: the three headers, as bytes of the request.
struct RequestClaim {
    let key: ArraySlice<UInt8>
    /// The header's bytes, which are signed as they are.
    let timestampText: ArraySlice<UInt8>
    let timestamp: Timestamp
    let signature: ArraySlice<UInt8>
    let version: Int

    /// Seconds that a request's timestamp may be away from the clock, either side.
    static let windowSeconds: Int64 = 300

    /// - Throws: `missing_credentials`, `timestamp_out_of_range`, `invalid_credentials`.
    init(_ headers: Headers, now: Timestamp) throws(Refusal) {
        guard let key = headers.bytes("x-api-key"), let timestampText = headers.bytes("x-timestamp"),
            let signature = headers.bytes("x-signature"), !key.isEmpty
        else {
            throw Refusal(
                .missingCredentials, "Send the headers X-Api-Key, X-Timestamp and X-Signature with every request.")
        }
        guard let timestamp = Self.parse(timestampText),
            abs(timestamp.milliseconds - now.milliseconds) <= Self.windowSeconds * 1000
        else {
            throw Refusal(
                .timestampOutOfRange,
                "X-Timestamp must be the time in unix seconds, within 300 seconds of this server's clock: \(now.seconds)."
            )
        }
        self.key = key
        self.timestampText = timestampText
        self.timestamp = timestamp
        self.signature = signature
        guard let version = headers.bytes("x-signature-version") else {
            self.version = 1
            return
        }
        guard version.count == 1, let digit = version.first, digit == 0x31 || digit == 0x32 else {
            throw Refusal(.invalidCredentials, "X-Signature-Version is 1 or 2.")
        }
        self.version = Int(digit - 0x30)
    }

    /// Unix seconds with an optional fraction; nil for anything else.
    static func parse(_ text: ArraySlice<UInt8>) -> Timestamp? {
        var milliseconds: Int64 = 0
        var index = text.startIndex
        while index < text.endIndex, text[index] &- 0x30 < 10 {
            guard index - text.startIndex < 12 else { return nil }
            milliseconds = milliseconds * 10 + Int64(text[index] - 0x30) * 1000
            index += 1
        }
        guard index > text.startIndex else { return nil }
        if index < text.endIndex {
            guard text[index] == 0x2e, text.endIndex - index - 1 >= 1, text.endIndex - index - 1 <= 9 else {
                return nil
            }
            var scale: Int64 = 100
            for byte in text[(index + 1)...] {
                guard byte &- 0x30 < 10 else { return nil }
                milliseconds += Int64(byte - 0x30) * scale
                scale /= 10
            }
        }
        return Timestamp(milliseconds: milliseconds)
    }

    private static let dot: [UInt8] = [0x2e]
    private static let versionPrefix: [UInt8] = Array("v2.".utf8)

    /// The tag that `key` gives this request, over its bytes as they were sent.
    func tag(_ request: Request, key: HMACKey) -> Digest {
        var mac = key.start()
        if version == 2 { mac.update(Self.versionPrefix) }
        mac.update(timestampText)
        mac.update(Self.dot)
        if version == 2 {
            mac.update(request.method.text)
            mac.update(Self.dot)
            mac.update(request.target)
            mac.update(Self.dot)
        }
        mac.update(request.body)
        return mac.finalize()
    }
}
