import Billing

/// What people call a means of payment.
enum MethodName {
    /// Such as `Visa`, or `Wallet` without a brand.
    static func brand(_ method: PaymentMethod) -> String { capitalised(method.brand ?? method.type) }

    static func capitalised(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }
}
