import Billing
import Crypto
import Runtime

/// The signature of Stripe's notices: `t=<unix seconds>,v1=<hex>`, an HMAC-SHA256 over `<t>.<body>` under the whole
/// secret, prefix included. There are two `v1` while a secret is rolled.
struct StripeSignature {
    private let keys: [HMACKey]

    static let toleranceSeconds: Int64 = 300
    private static let longestHeader = 1024

    /// - Parameter secrets: Those that may have signed; empty ones are passed over.
    init(_ secrets: [String]) {
        keys = secrets.filter { !$0.isEmpty }.map { HMACKey(Array($0.utf8)) }
    }

    func verify(_ header: ArraySlice<UInt8>, _ body: [UInt8], now: Timestamp) throws(NoticeError) {
        guard !keys.isEmpty else { throw .malformed("No secret for notices is set up at this gateway.") }
        guard header.count <= Self.longestHeader else { throw .malformed("The signature header is too long.") }
        var time: ArraySlice<UInt8>?
        var signatures: [ArraySlice<UInt8>] = []
        for part in header.split(separator: 0x2c) {
            if part.starts(with: "t=".utf8) {
                guard time == nil else { throw .malformed("The signature header has two times.") }
                time = part.dropFirst(2)
            }
            if part.starts(with: "v1=".utf8) { signatures.append(part.dropFirst(3)) }
        }
        guard let time, let seconds = Self.number(time) else {
            throw .malformed("The signature header has no time.")
        }
        guard !signatures.isEmpty else { throw .unsigned }
        let isSigned = keys.contains { key in
            var mac = key.start()
            mac.update(time)
            mac.update(".")
            mac.update(body)
            let expected = mac.finalize()
            return signatures.contains { expected.isEqual(toHex: $0) }
        }
        guard isSigned else { throw .wrongSignature }
        // An old notice that was recorded and sent again proves nothing; one from the future shows a wrong clock.
        guard (-Self.toleranceSeconds...Self.toleranceSeconds).contains(now.seconds - seconds) else { throw .tooOld }
    }

    /// At most 12 digits.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard (1...12).contains(digits.count) else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - 0x30)
        }
        return value
    }
}
