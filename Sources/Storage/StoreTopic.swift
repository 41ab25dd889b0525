/// What a transaction can tell others about once it is durable, such as "there are new outbox events".
package struct StoreTopic: Hashable, Sendable {
    package let number: UInt8
    /// What it is about: 16 bytes, such as an identifier's; nil for anything of the kind.
    package let subject: Subject?

    /// Sixteen bytes in two halves.
    package struct Subject: Hashable, Sendable {
        package let high: UInt64
        package let low: UInt64

        package init(high: UInt64, low: UInt64) {
            self.high = high
            self.low = low
        }
    }

    package init(_ number: UInt8, about subject: Subject? = nil) {
        self.number = number
        self.subject = subject
    }
}
