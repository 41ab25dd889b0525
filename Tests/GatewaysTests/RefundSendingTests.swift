import Fields
import Gateways
import Runtime
import Scenarios
import Storage
import Testing

@testable import Billing

/// When the call of a refund may leave, and when it may not.
@Suite struct RefundSendingTests {
    /// Writes a change of a payment, as another part of the server does.
    private static func change<Answer: Sendable>(
        _ payment: Payment, _ story: EngineStory,
        _ body: @escaping @Sendable (inout Payment, Transaction) throws -> Answer
    ) async throws -> Answer {
        let ledger = story.node.ledger
        return try await story.node.store.transact(for: story.node.application) { transaction in
            let before = try #require(transaction.get(Payment.self, Key(payment.hash)))
            var after = before
            let answer = try body(&after, transaction)
            _ = ledger.save(after, before: before, action: "payment.refund", by: .system, in: transaction)
            return answer
        }
    }

    @Test func `a refund that is recorded during a hold leaves after the release`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.paid()
            let (node, ledger) = (story.node, story.node.ledger)
            try await node.store.transact { transaction in
                var application = try Applications.find(node.application, in: transaction)
                application.mode = .live
                transaction.put(application)
                Holds(ledger).open(.restored, "Restored.", at: transaction.now, in: transaction)
            }
            // As crediting an invoice and cancelling a subscription do.
            let refund = try await Self.change(payment, story) { payment, transaction in
                try payment.requestRefund(
                    id: RefundID(in: transaction, purpose: "refund"), amount: nil, reason: nil, now: transaction.now
                ).id
            }
            await story.engine.send([RefundRequest(payment: payment.hash, refund: refund)], by: .system)
            await story.wait(seconds: 120)
            #expect(try story.now(payment).refunds.map(\.status) == [.pending])
            #expect(story.alpha.count(of: .refund) == 0)
            try await node.store.transact { _ = try Holds(ledger).release(by: .system, in: $0) }
            await story.wait(seconds: 120)
            #expect(try story.now(payment).refunds.map(\.status) == [.succeeded])
        }
        #expect(story.alpha.taken.map(\.refunded) == [10_000])
    }

    @Test func `a refund that the gateway has named is never sent, though it is not found by its key`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.paid()
            _ = try await Self.change(payment, story) { payment, transaction in
                try payment.follow(
                    "by_hand", nil, Money(4000, .usd), .pending, nil, of: 1,
                    id: RefundID(in: transaction, purpose: "refund"), now: transaction.now)
            }
            await story.wait(seconds: 300)
            #expect(try story.now(payment).refunds.map(\.status) == [.pending])
        }
        #expect(story.alpha.count(of: .refundStatus) > 0)
        #expect(story.alpha.count(of: .refund) == 0)
    }
}
