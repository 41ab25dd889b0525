package import Billing
package import Storage

/// Money that a sandbox gateway took, as its own books have it, to compare with ours.
package struct SandboxTaken: Sendable, Equatable {
    package let gateway: String
    package let reference: String
    package let payment: PaymentHash
    package let amount: Money
    /// Minor units that went back.
    package let refunded: Int64

    /// Everything an application's sandbox gateway took, oldest first.
    package static func all(
        of application: ApplicationID, gateway: String, in snapshot: Snapshot
    ) -> [SandboxTaken] {
        var taken: [SandboxTaken] = []
        snapshot.scan(SandboxCharge.byTime, prefix: Key(application, gateway)) { charge, _ in
            taken.append(
                SandboxTaken(
                    gateway: gateway, reference: charge.id, payment: charge.payment, amount: charge.amount,
                    refunded: charge.refundedUnits))
            return true
        }
        return taken
    }
}
