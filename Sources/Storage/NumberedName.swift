/// File names that end with a number of at least ten digits.
enum NumberedName {
    static func make(_ prefix: String, _ number: UInt64) -> String {
        let digits = String(number)
        return prefix + String(repeating: "0", count: max(0, 10 - digits.utf8.count)) + digits
    }

    /// The number in `name`, nil when it is no name of this kind.
    static func number(_ prefix: String, _ name: String) -> UInt64? {
        guard name.hasPrefix(prefix), name.utf8.count >= prefix.utf8.count + 10,
            let number = UInt64(name.dropFirst(prefix.count)), make(prefix, number) == name
        else { return nil }
        return number
    }
}
