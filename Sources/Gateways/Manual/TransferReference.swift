import Billing
import Crypto

/// The reference a buyer writes on a bank transfer: a creditor reference of ISO 11649, whose check digits banks and
/// people's eyes both use.
enum TransferReference {
    /// Letters and digits that are not mistaken for one another; 32 of them.
    private static let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// The reference of one attempt of a payment: always the same, and unlike any other's.
    static func text(_ payment: PaymentHash, attempt: Int64) -> String {
        let digest = SHA256.hash(Array("transfer \(payment) \(attempt)".utf8))
        let body = String(digest.prefix(12).map { letters[Int($0 & 31)] })
        let check = 98 - remainder(body + "RF00")
        return "RF" + (check < 10 ? "0" : "") + String(check) + body
    }

    /// Whether the check digits of a reference, written with or without spaces, are right.
    static func isValid(_ text: some StringProtocol) -> Bool {
        let plain = text.uppercased().filter { $0 != " " }
        guard (5...25).contains(plain.utf8.count), plain.hasPrefix("RF"), plain.utf8.allSatisfy({ value($0) != nil })
        else { return false }
        return remainder(plain.dropFirst(4) + plain.prefix(4)) == 1
    }

    /// In groups of four, as it is printed.
    static func spaced(_ text: String) -> String {
        var spaced = ""
        for (index, letter) in text.enumerated() {
            if index > 0, index % 4 == 0 { spaced += " " }
            spaced.append(letter)
        }
        return spaced
    }

    /// The remainder modulo 97 of the number that the letters spell, A being 10 (ISO 7064).
    private static func remainder(_ text: some StringProtocol) -> Int {
        text.utf8.reduce(0) { remainder, byte in
            let value = value(byte) ?? 0
            return (remainder * (value < 10 ? 10 : 100) + value) % 97
        }
    }

    private static func value(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x5a: Int(byte) - 0x41 + 10
        default: nil
        }
    }
}
