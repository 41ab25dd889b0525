import Billing
import Runtime
import Storage

/// What a handler knows of the request it answers, beside its input.
struct RequestContext: Sendable {
    let services: Services
    let key: KeyEntry
    let requestID: String
    /// Where the request came from; nil for a Unix-domain socket.
    let source: IPAddress?
    /// Nil for requests that change nothing.
    let gateKeeper: Gate?

    var doors: Doors { services.doors }
    var store: Store { services.store }
    var ledger: Ledger { services.ledger }
    var application: Application { key.application }

    /// The application's time.
    func now(in snapshot: Snapshot) -> Timestamp { snapshot.now(of: application.id, doors.clock) }

    /// Who acts: the key, from its address.
    var act: Act {
        Act(actor: key.actor, source: source.map(\.description) ?? "", requestID: requestID)
    }

    /// What the first transaction of a mutating request runs before anything else.
    var gate: @Sendable (Transaction) throws -> Void {
        guard let gateKeeper else { return { _ in } }
        let counter = services.replayCount
        return { transaction in
            try gateKeeper.pass(transaction)
            counter.note(1)
        }
    }

    /// The first transaction of a mutating request: the gate, by the server's time, then `body`, by the application's. Later ones go to the store itself.
    func transact<Answer: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Answer
    ) async throws -> Answer {
        let (gate, application) = (self.gate, self.application.id)
        return try await store.transact { transaction in
            try gate(transaction)
            try transaction.keepTime(of: application)
            return try body(transaction)
        }
    }

    /// Binds the request to the object that its first transaction makes, for a retry after an interruption.
    func bind(_ object: String, in transaction: Transaction) {
        gateKeeper?.bind(object, in: transaction)
    }

    /// Keeps the answer for the request's idempotency key, in the transaction that did the work.
    func keep(_ status: Int, _ body: [UInt8], in transaction: Transaction) {
        gateKeeper?.keep(status, body, ledger.vault, in: transaction)
    }

    /// Keeps the answer in a transaction of its own. When that fails the request has still happened, and a retry is
    /// answered with the object as it then stands.
    func keep(_ status: Int, _ body: [UInt8]) async {
        guard let gateKeeper, gateKeeper.owesAnswer else { return }
        let vault = ledger.vault
        do {
            try await store.transact { transaction in gateKeeper.keep(status, body, vault, in: transaction) }
        } catch {
            doors.log.write(.warning, "answer_not_kept", [("request_id", requestID), ("error", "\(error)")])
        }
    }
}
