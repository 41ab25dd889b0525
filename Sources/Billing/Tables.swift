/// The numbers of all tables of the domain. They are written into every key and never change or get reused.
package enum Tables {
    package static let application: UInt8 = 1
    package static let apiKey: UInt8 = 2
    package static let gatewayConfiguration: UInt8 = 3
    package static let customer: UInt8 = 4
    package static let customerKey: UInt8 = 5
    package static let paymentMethod: UInt8 = 6
    package static let payment: UInt8 = 7
    package static let event: UInt8 = 8
    package static let auditEntry: UInt8 = 9
    package static let counters: UInt8 = 10
    package static let idempotency: UInt8 = 11
    package static let replay: UInt8 = 12
    package static let webhookEndpoint: UInt8 = 13
    package static let delivery: UInt8 = 14
    package static let gatewayEvent: UInt8 = 15
    package static let portalSession: UInt8 = 16
    package static let sandboxSession: UInt8 = 17
    package static let sandboxCharge: UInt8 = 18
    package static let sandboxNotice: UInt8 = 19
    package static let auditHead: UInt8 = 20
    package static let sandboxCall: UInt8 = 21
    package static let sandboxMethod: UInt8 = 22
    package static let plan: UInt8 = 23
    package static let subscription: UInt8 = 24
    package static let invoice: UInt8 = 25
    package static let creditNote: UInt8 = 26
    package static let creditEntry: UInt8 = 27
    package static let trialGrant: UInt8 = 28
    package static let recurringTotal: UInt8 = 29
    package static let recurringDay: UInt8 = 30
    package static let testClock: UInt8 = 31
    package static let invoiceDay: UInt8 = 32
    package static let invoiceDueDay: UInt8 = 33
    package static let paymentMethodSetup: UInt8 = 34
    package static let indexEdition: UInt8 = 40
}
