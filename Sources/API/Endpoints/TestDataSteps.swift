import Billing
import Gateways
import Runtime
import Storage

/// Deleting the data of the application that asks.
struct TestDataSteps: Sendable {
    private let context: RequestContext

    private static let answerSeconds = 10

    init(_ context: RequestContext) {
        self.context = context
    }

    /// Sets the mark in the request's first transaction, and deletes as much as can be in time.
    func reset() async throws -> TestDataView {
        let (ledger, application, act, gate) = (context.ledger, context.application, context.act, context.gate)
        try await context.store.transact { transaction in
            try gate(transaction)
            try DataReset.begin(application, by: act, ledger, in: transaction)
        }
        let reset = context.services.reset
        let count = try await Patience.race(context.doors, seconds: Self.answerSeconds) {
            try await reset.run(application.id)
        }
        guard let count else { return try await context.store.read { TestDataView(application.id, in: $0) } }
        var view = TestDataView()
        view.deletedCount = count
        return view
    }
}
