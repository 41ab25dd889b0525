/// Names that Stripe gives its objects: a prefix that tells the kind, then letters and digits.
enum StripeName {
    static let session = "cs_"
    static let intent = "pi_"
    static let setupIntent = "seti_"
    static let charge = "ch_"
    static let refund = "re_"
    static let customer = "cus_"
    static let method = "pm_"
    static let event = "evt_"

    /// Whether `text` is a name that may stand in a path and in our records.
    static func isValid(_ text: String) -> Bool {
        (4...255).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f: true
                default: false
                }
            }
    }

    static func isValid(_ text: String, _ prefix: String) -> Bool { text.hasPrefix(prefix) && isValid(text) }
}
