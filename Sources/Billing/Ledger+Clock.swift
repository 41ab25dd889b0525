package import Runtime
package import Storage

extension Ledger {
    /// The time by which everything of an application happens in this transaction.
    package func now(of application: ApplicationID, in transaction: Transaction) -> Timestamp {
        transaction.now
    }
}
