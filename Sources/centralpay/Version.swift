/// Which CentralPay this is.
enum Version {
    static let current = "1.0.0"
    /// The form of the data directory; it rises whenever an older program would lose something.
    static let dataFormat: Int64 = 1
}
