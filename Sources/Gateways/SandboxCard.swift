/// A test card as typed on the sandbox's card page; only the listed numbers exist.
package struct SandboxCard: Sendable, Equatable {
    /// 16 digits.
    package let number: String
    package let expiryMonth: Int64
    package let expiryYear: Int64
    package let holder: String

    package init(number: String, expiryMonth: Int64, expiryYear: Int64, holder: String) {
        self.number = number
        self.expiryMonth = expiryMonth
        self.expiryYear = expiryYear
        self.holder = holder
    }
}
