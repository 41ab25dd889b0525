/// What a transaction can tell others about once it is durable, such as "there are new outbox events".
package struct StoreTopic: Hashable, Sendable {
    package let number: UInt8

    package init(_ number: UInt8) {
        self.number = number
    }
}
