/// Transactions that ran and go to the log together.
struct CommitGroup: Sendable {
    var payload: [UInt8] = []
    var firstNumber: UInt64
    var lastNumber: UInt64
    var digest: [UInt8]?
    var topics: [StoreTopic] = []
    /// Who waits for the group.
    var waiting: [PendingTransaction] = []

    var transactionCount: UInt64 { lastNumber &- firstNumber &+ 1 }
}
