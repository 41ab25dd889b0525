import Billing
import Fields
import Gateways
import Peers
import Runtime
import Storage
import Testing

/// Whole payments: the engine, the adapter and Stripe's peer, with what its ledger says in the end.
@Suite struct StripeStoryTests {
    // MARK: The hosted page

    @Test func `a buyer who pays and comes back is done, with their card kept`() throws {
        try StripeStory.run { story in
            let payment = try await story.createPayment(saves: true)
            let session = try await story.open(payment)
            story.cards.pay(session)
            #expect(try await story.engine.returned(payment.hash, by: .buyer) == .completed)
            let after = try await story.now(payment)
            #expect(after.status == .completed && after.gateway == "cards" && after.method?.last4 == "4242")
            let methods = try await story.store.read { Customers.methods(of: after.customer, in: $0) }
            #expect(methods.map(\.last4) == ["4242"] && methods.map(\.expiryYear) == [2034])
            // The notices come after: nothing new.
            try await story.deliver(story.cards)
            #expect(try await story.now(payment).attempts.count == 1)
            #expect(try await story.disagreements(payment) == [])
        }
    }

    @Test func `a buyer who never comes back is done by the notice`() throws {
        try StripeStory.run { story in
            let payment = try await story.createPayment()
            story.cards.pay(try await story.open(payment))
            try await story.deliver(story.cards)
            #expect(try await story.now(payment).status == .completed)
            #expect(try await story.engine.returned(payment.hash, by: .buyer) == .completed)
            #expect(try await story.disagreements(payment) == [])
        }
    }

    @Test func `without notice or return, expiry finds the money`() throws {
        try StripeStory.run { story in
            let payment = try await story.createPayment()
            story.cards.pay(try await story.open(payment))
            try await story.wait(seconds: 86_400 + 3600)
            #expect(try await story.now(payment).status == .completed)
            #expect(try await story.disagreements(payment) == [])
        }
    }

    @Test func `the page of an expired payment takes no money`() throws {
        try StripeStory.run { story in
            let payment = try await story.createPayment()
            let session = try await story.open(payment)
            try await story.wait(seconds: 86_400 + 3600)
            #expect(try await story.now(payment).cancellationReason == .expired)
            #expect(story.cards.pay(session) == nil)
        }
    }

    @Test func `a gateway that is down gives way to the next at once`() throws {
        try StripeStory.run { story in
            let payment = try await story.createPayment()
            story.cards.server.goDown()
            let session = try await story.open(payment)
            story.spare.pay(session)
            #expect(try await story.engine.returned(payment.hash, by: .buyer) == .completed)
            let after = try await story.now(payment)
            #expect(after.attempts.map(\.gateway) == ["cards", "spare"])
            #expect(after.attempts.map(\.status) == [.errored, .succeeded])
            #expect(after.attempts.first?.failure?.category == .network)
            #expect(try await story.disagreements(payment) == [])
        }
    }

    @Test func `a lost page is expired, and the next gateway takes the buyer`() throws {
        let script: @Sendable (PeerCall) -> PeerFault? = {
            $0.operation == "POST /v1/checkout/sessions" && $0.earlier == 0 ? .cutAfter : nil
        }
        try StripeStory.run(cards: script) { story in
            let payment = try await story.createPayment()
            story.spare.pay(try await story.open(payment))
            #expect(try await story.engine.returned(payment.hash, by: .buyer) == .completed)
            try await story.wait(seconds: 60)
            #expect(story.cards.calls.contains { $0.operation == "POST /v1/checkout/sessions/*/expire" })
            #expect(try await story.disagreements(payment) == [])
        }
    }

    @Test func `a buyer who pays at both is charged once`() throws {
        try StripeStory.run { story in
            let payment = try await story.createPayment()
            let first = try await story.open(payment)
            // Stripe does not say whether the first page is expired; then it turns out paid.
            story.cards.setScript { $0.operation.hasSuffix("/expire") ? .cutBefore : nil }
            story.cards.pay(first)
            _ = try? await story.engine.start(payment.hash, gateway: "spare", by: .buyer)
            try await story.deliver(story.cards)
            try await story.wait(seconds: 3600)
            #expect(try await story.now(payment).status == .completed)
            #expect(story.cards.taken.count + story.spare.taken.count == 1)
            #expect(try await story.disagreements(payment) == [])
        }
    }

    @Test func `choosing another gateway expires the page that was open`() throws {
        try StripeStory.run { story in
            let payment = try await story.createPayment()
            let first = try await story.open(payment)
            let second = try await story.open(payment, "spare")
            #expect(story.cards.pay(first) == nil)
            story.spare.pay(second)
            try await story.deliver(story.spare, to: "spare")
            #expect(try await story.now(payment).status == .completed)
            #expect(try await story.disagreements(payment) == [])
        }
    }

    @Test(arguments: [true, false])
    func `a method that settles later completes the payment, or gives the buyer another try`(succeeds: Bool) throws {
        try StripeStory.run { story in
            let payment = try await story.createPayment()
            let session = try await story.open(payment)
            let intent = try #require(story.cards.pay(session, with: .init(now: .settles)))
            #expect(try await story.engine.returned(payment.hash, by: .buyer) == .confirming)
            #expect(try await story.now(payment).status == .processing)
            story.cards.settle(intent, succeeds: succeeds)
            try await story.deliver(story.cards)
            #expect(try await story.now(payment).status == (succeeds ? .completed : .pending))
            #expect(try await story.disagreements(payment) == [])
        }
    }

    @Test func `another amount than asked is seen, and completes nothing`() throws {
        try StripeStory.run { story in
            let payment = try await story.createPayment()
            story.cards.pay(try await story.open(payment), taking: 9000)
            #expect(try await story.engine.returned(payment.hash, by: .buyer) == .confirming)
            let after = try await story.now(payment)
            #expect(after.status == .processing && after.isUnresolved)
            #expect(after.attempts.first?.failure?.code == "amount_differs")
        }
    }

    // MARK: Refunds and disputes

    @Test func `a refund made at Stripe by hand is known here`() throws {
        try StripeStory.run { story in
            let payment = try await story.createPayment()
            let intent = try #require(story.cards.pay(try await story.open(payment)))
            try await story.deliver(story.cards)
            story.cards.refundByHand(intent, 2500)
            try await story.deliver(story.cards)
            let after = try await story.now(payment)
            #expect(after.refunds.map(\.amount) == [Money(2500, .usd)])
            #expect(after.refunds.map(\.status) == [.succeeded])
            _ = try await story.engine.refund(
                payment.hash, application: StripeStory.application, amount: nil, reason: nil, by: .system)
            try await story.deliver(story.cards)
            #expect(try await story.now(payment).refunds.map(\.amount.units) == [2500, 7499])
            #expect(try await story.disagreements(payment) == [])
        }
    }

    @Test(arguments: [PeerFault.cutAfter, .cutBefore, .silentAfter, .rateLimited, .storedError(isDone: true)])
    func `a refund whose answer is lost is made once`(fault: PeerFault) throws {
        let script: @Sendable (PeerCall) -> PeerFault? = {
            $0.operation == "POST /v1/refunds" && $0.earlier < 2 ? fault : nil
        }
        try StripeStory.run(cards: script) { story in
            let payment = try await story.createPayment()
            story.cards.pay(try await story.open(payment))
            try await story.deliver(story.cards)
            _ = try await story.engine.refund(
                payment.hash, application: StripeStory.application, amount: nil, reason: nil, by: .system)
            try await story.wait(seconds: 3600)
            #expect(try await story.now(payment).refunds.map(\.status) == [.succeeded])
            #expect(story.cards.taken.map(\.refunded) == [9999])
            #expect(try await story.disagreements(payment) == [])
        }
    }

    @Test func `a dispute is known here`() throws {
        try StripeStory.run { story in
            let payment = try await story.createPayment()
            let intent = try #require(story.cards.pay(try await story.open(payment)))
            try await story.deliver(story.cards)
            story.cards.dispute(intent)
            try await story.deliver(story.cards)
            #expect(try await story.now(payment).isDisputed)
        }
    }

    // MARK: Charges without the buyer

    @Test func `a saved card is charged`() throws {
        try StripeStory.run { story in
            let payment = try await story.collect(try await story.customer(cards: .good))
            #expect(payment.status == .completed)
            #expect(payment.attempts.map(\.gatewayReference) == payment.attempts.map(\.chargeReference))
            #expect(try await story.disagreements(payment) == [])
        }
    }

    @Test(arguments: [
        PeerFault.cutAfter, .cutBefore, .cutWithinAnswer, .silentAfter, .garbage, .storedError(isDone: true),
        .storedError(isDone: false),
    ])
    func `a charge without an answer stays with its gateway, and is made once`(fault: PeerFault) throws {
        let script: @Sendable (PeerCall) -> PeerFault? = {
            $0.operation == "POST /v1/payment_intents/*/confirm" && $0.earlier < 2 ? fault : nil
        }
        try StripeStory.run(cards: script) { story in
            let payment = try await story.collect(try await story.customer(cards: .good, spare: .good))
            #expect(payment.status == .processing)
            #expect(story.spare.calls.isEmpty)
            try await story.wait(seconds: 12 * 3600)
            let after = try await story.now(payment)
            #expect(after.status == .completed)
            // An error kept for a charge that was never carried out outlives the key's use: it is cancelled then.
            #expect(after.gateway == (fault == .storedError(isDone: false) ? "spare" : "cards"))
            #expect(story.cards.taken.count + story.spare.taken.count == 1)
            #expect(try await story.disagreements(payment) == [])
        }
    }

    @Test(arguments: ["insufficient_funds", "processing_error", "expired_card"])
    func `a soft decline moves on to the card at the other gateway`(code: String) throws {
        try StripeStory.run { story in
            let payment = try await story.collect(try await story.customer(cards: .declined(code), spare: .good))
            #expect(payment.status == .completed && payment.gateway == "spare")
            #expect(payment.attempts.map(\.status) == [.declined, .succeeded])
            #expect(payment.attempts.first?.failure?.gatewayCode == code)
            #expect(try await story.disagreements(payment) == [])
        }
    }

    @Test(arguments: ["do_not_honor", "stolen_card", "a_code_of_tomorrow"])
    func `other declines do not`(code: String) throws {
        try StripeStory.run { story in
            let payment = try await story.collect(try await story.customer(cards: .declined(code), spare: .good))
            #expect(payment.status == .failed)
            #expect(story.spare.calls.isEmpty)
        }
    }

    @Test func `a bank that wants the buyer ends the automatic charge`() throws {
        try StripeStory.run { story in
            let payment = try await story.collect(
                try await story.customer(cards: .init(later: .authenticates), spare: .good))
            #expect(payment.status == .failed && payment.failure?.code == "authentication_required")
            #expect(story.spare.calls.isEmpty)
        }
    }

    @Test func `a card that was taken away at Stripe is taken away here`() throws {
        try StripeStory.run { story in
            let customer = try await story.customer(cards: nil)
            let payment = try await story.createPayment(saves: true)
            story.cards.pay(try await story.open(payment))
            try await story.deliver(story.cards)
            let before = try await story.store.read { Customers.methods(of: customer, in: $0) }
            #expect(before.count == 1)
            let token = story.ledger.vault.openText(before[0].token, for: before[0].id.description) ?? ""
            story.cards.renew(token, expiryYear: 2040)
            try await story.deliver(story.cards)
            #expect(try await story.store.read { Customers.methods(of: customer, in: $0) }.map(\.expiryYear) == [2040])
            story.cards.detach(token)
            try await story.deliver(story.cards)
            #expect(try await story.store.read { Customers.methods(of: customer, in: $0) }.isEmpty)
        }
    }

    @Test func `a card that is left on Stripe's page without paying can be charged`() throws {
        try StripeStory.run { story in
            let customer = try await story.customer(cards: nil)
            let ledger = story.ledger
            let token = try await story.store.transact(for: StripeStory.application) { transaction in
                guard let owner = transaction.get(Customer.self, Key(customer)) else {
                    throw StripeFixture.Unexpected()
                }
                return try PaymentMethodSetups(ledger).create(for: owner, by: .buyer, in: transaction).token.bytes
            }
            guard case .buyer(let url) = try await story.engine.beginSetup(token, gateway: "cards", by: .buyer),
                let session = url.split(separator: "/").last.map(String.init)
            else { throw StripeFixture.Unexpected() }
            // Back before anything is done, the page still waits.
            #expect(try await story.engine.setupReturned(token, by: .buyer) == .buyer(url: url))
            story.cards.leave(on: session)
            #expect(try await story.engine.setupReturned(token, by: .buyer) == .completed)
            #expect(try await story.store.read { Customers.methods(of: customer, in: $0) }.map(\.last4) == ["4242"])
            #expect(story.cards.taken.isEmpty)
            #expect(try await story.collect(customer).status == .completed)
        }
    }

    // MARK: Everything at once

    @Test(arguments: 0..<24 as Range<UInt64>)
    func `whatever fails, the ledgers agree in the end`(seed: UInt64) throws {
        let faults: [PeerFault] = [
            .cutBefore, .cutAfter, .cutWithinAnswer, .silentAfter, .storedError(isDone: true), .garbage,
            .slow(milliseconds: 45_000), .slow(milliseconds: 90_000), .rateLimited,
        ]
        let script: @Sendable (PeerCall) -> PeerFault? = { call in
            var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(call.number) &* 0xbf58_476d_1ce4_e5b9
            state ^= state >> 31
            state = state &* 0x94d0_49bb_1331_11eb
            state ^= state >> 29
            return call.number < 15 && state % 2 == 0 ? faults[Int(state / 2 % UInt64(faults.count))] : nil
        }
        try StripeStory.run(seed: seed, cards: script) { story in
            let bought = try await story.createPayment(saves: true)
            if let session = try? await story.open(bought) {
                let peer = try await story.now(bought).currentAttempt?.gateway == "cards" ? story.cards : story.spare
                peer.pay(session)
                _ = try? await story.engine.returned(bought.hash, by: .buyer)
            }
            let collected = try await story.collect(try await story.customer(cards: .good, spare: .good))
            _ = try? await story.engine.refund(
                bought.hash, application: StripeStory.application, amount: nil, reason: nil, by: .system)
            try await story.wait(seconds: 30 * 3600)
            try await story.deliver(story.cards)
            try await story.deliver(story.spare, to: "spare")
            try await story.wait(seconds: 30 * 3600)
            for payment in [bought, collected] {
                #expect(try await story.disagreements(payment) == [], "seed \(seed)")
                #expect(try await story.now(payment).status == .completed, "seed \(seed)")
            }
        }
    }
}
