import Billing
import Bytes
import Crypto
import Runtime

/// The signature of a sandbox gateway's notices: `t=<unix seconds>,v1=<hex>`, an HMAC-SHA256 over `<t>.<body>`.
struct SandboxSignature {
    private let key: HMACKey

    private static let toleranceSeconds: Int64 = 300
    private static let longestHeader = 512

    /// The secret of one application at one gateway.
    init(_ vault: Vault, _ application: ApplicationID, _ gateway: String) {
        var mac = vault.derivation.start()
        mac.update("sandbox notices of \(application) at \(gateway)")
        key = HMACKey(mac.finalize())
    }

    /// The header's value for `body`, sent at `time`.
    func header(_ body: [UInt8], at time: Timestamp) -> String {
        let seconds = String(time.seconds)
        return "t=\(seconds),v1=\(tag(Array(seconds.utf8)[...], body).hex)"
    }

    /// Checks a header's value; other schemes than `v1` are passed over.
    func verify(_ header: ArraySlice<UInt8>, _ body: [UInt8], now: Timestamp) throws(NoticeError) {
        guard header.count <= Self.longestHeader else { throw .malformed("The signature header is too long.") }
        var time: ArraySlice<UInt8> = []
        var signatures: [ArraySlice<UInt8>] = []
        for part in header.split(separator: 0x2c) {
            if part.starts(with: "t=".utf8) { time = part.dropFirst(2) }
            if part.starts(with: "v1=".utf8) { signatures.append(part.dropFirst(3)) }
        }
        guard let seconds = Self.number(time) else { throw .malformed("The signature header has no time.") }
        guard !signatures.isEmpty else { throw .unsigned }
        let expected = tag(time, body)
        guard signatures.contains(where: { expected.isEqual(toHex: $0) }) else { throw .wrongSignature }
        // An old notice that was recorded and sent again proves nothing.
        let age = now.seconds - seconds
        guard (-Self.toleranceSeconds...Self.toleranceSeconds).contains(age) else { throw .tooOld }
    }

    private func tag(_ time: ArraySlice<UInt8>, _ body: [UInt8]) -> Digest {
        var mac = key.start()
        mac.update(time)
        mac.update(".")
        mac.update(body)
        return mac.finalize()
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
