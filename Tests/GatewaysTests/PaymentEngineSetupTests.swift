import Billing
import Fields
import Gateways
import JSON
import Runtime
import Scenarios
import Simulation
import Storage
import Testing

@Suite struct PaymentEngineSetupTests {
    private static func customer(_ story: EngineStory) async throws -> Customer {
        let (ledger, id) = (story.node.ledger, story.node.application)
        return try await story.node.store.transact(for: id) { transaction in
            let application = try Applications.find(id, in: transaction)
            return Customers(ledger).findOrCreate(
                email: "ada@example.com", name: nil, application: application, by: .system, in: transaction)
        }
    }

    private static func page(
        _ story: EngineStory, _ customer: Customer, replacing: PaymentMethodID? = nil
    ) async throws -> [UInt8] {
        let ledger = story.node.ledger
        return try await story.node.store.transact(for: story.node.application) { transaction in
            try PaymentMethodSetups(ledger).create(for: customer, replacing: replacing, by: .buyer, in: transaction)
        }.token.bytes
    }

    /// A subscription in its trial, without a card.
    private static func subscription(_ story: EngineStory) async throws -> Subscription {
        let (ledger, id) = (story.node.ledger, story.node.application)
        return try await story.node.store.transact(for: id) { transaction in
            let application = try Applications.find(id, in: transaction)
            var plan = PlanInput()
            plan.name = "Monthly"
            plan.price = DecimalAmount(decimal: JSONDecimal("10.00"))
            plan.currency = .usd
            plan.trialDays = 30
            let made = try Plans(ledger).create(plan, application: application, by: .system, in: transaction)
            var input = SubscriptionInput()
            input.customerEmail = "ada@example.com"
            input.plan = made.id
            return try Subscriptions(ledger).create(
                input, application: application, by: .system, in: transaction
            ).subscription
        }
    }

    private static func methods(_ story: EngineStory, _ customer: Customer) throws -> [PaymentMethod] {
        try story.node.store.readSync { Customers.methods(of: customer.id, in: $0) }
    }

    private static func card(_ number: String) -> Instrument {
        .card(SandboxCard(number: number, expiryMonth: 12, expiryYear: 2040, holder: "Ada Lovelace"))
    }

    private static func story(_ seed: UInt64 = 1) throws -> EngineStory {
        try EngineStory(seed: seed, usesSandbox: true)
    }

    @Test func `a card is saved without a payment, and becomes the default`() throws {
        let story = try Self.story()
        try story.run { story in
            let customer = try await Self.customer(story)
            let token = try await Self.page(story, customer)
            let step = try await story.engine.beginSetup(token, gateway: "sandbox_alpha", by: .buyer)
            guard case .buyer(let url) = step else {
                Issue.record("no page: \(step)")
                return
            }
            #expect(url.contains("/setup/") && url.hasSuffix("/pay/1"))
            let done = try await story.engine.submitSetup(
                token, attempt: 1, Self.card("4242424242424242"), by: .buyer)
            #expect(done == .completed)
            let saved = try #require(try Self.methods(story, customer).first)
            #expect(saved.last4 == "4242" && saved.isDefault && saved.gateway == "sandbox_alpha")
            #expect(try await story.engine.setup(token)?.customer.defaultPaymentMethod == saved.id)
            let types = try story.node.events().map(\.type)
            #expect(types.contains(.paymentMethodSaved) && !types.contains(.paymentPending))
            #expect(
                await EngineStory.code {
                    _ = try await story.engine.beginSetup(token, gateway: "sandbox_alpha", by: .buyer)
                } == .invalidState)
        }
        #expect(try story.node.payments().isEmpty)
    }

    @Test func `a card that was left at the gateway is kept by its notice, though nobody came back`() throws {
        let story = try EngineStory()
        try story.run { story in
            let customer = try await Self.customer(story)
            let token = try await Self.page(story, customer)
            _ = try await story.engine.beginSetup(token, gateway: "far_alpha", by: .buyer)
            let hash = try #require(try await story.engine.setup(token)).setup.flow.hash
            #expect(story.alpha.pay("far_alpha_s1"))
            let (id, act) = (story.node.application, Act.gateway("far_alpha"))
            for (session, application, isOurs) in [
                ("far_alpha_s2", id, false), ("far_alpha_s1", ApplicationID(value: 7), false),
                ("far_alpha_s1", id, true), ("far_alpha_s1", id, true),
            ] {
                let found = try await story.engine.lookSetup(hash, session: session, application: application, by: act)
                #expect(found == isOurs)
                #expect(try Self.methods(story, customer).count == (isOurs ? 1 : 0))
            }
        }
    }

    @Test func `a wallet is saved as well`() throws {
        let story = try Self.story()
        try story.run { story in
            let customer = try await Self.customer(story)
            let token = try await Self.page(story, customer)
            _ = try await story.engine.beginSetup(token, gateway: "sandbox_beta", by: .buyer)
            let refused = try await story.engine.submitSetup(token, attempt: 1, .refusal, by: .buyer)
            guard case .declined = refused else {
                Issue.record("not declined: \(refused)")
                return
            }
            _ = try await story.engine.beginSetup(token, gateway: "sandbox_beta", by: .buyer)
            #expect(try await story.engine.submitSetup(token, attempt: 2, .approval, by: .buyer) == .completed)
            #expect(try Self.methods(story, customer).map(\.type) == ["wallet"])
        }
    }

    @Test func `the bank's check is passed before a card is saved, and the saved one is charged without it`() throws {
        let story = try Self.story()
        try story.run { story in
            let customer = try await Self.customer(story)
            let token = try await Self.page(story, customer)
            _ = try await story.engine.beginSetup(token, gateway: "sandbox_alpha", by: .buyer)
            let step = try await story.engine.submitSetup(
                token, attempt: 1, Self.card("4000002500003155"), by: .buyer)
            guard case .buyer(let url) = step else {
                Issue.record("no check: \(step)")
                return
            }
            #expect(url.hasSuffix("/challenge/1"))
            #expect(try Self.methods(story, customer).isEmpty)
            #expect(try await story.engine.submitSetup(token, attempt: 1, .approval, by: .buyer) == .completed)
            #expect(try Self.methods(story, customer).count == 1)
        }
    }

    @Test func `choosing another gateway, or a declined card, leaves the page open`() throws {
        let story = try Self.story()
        try story.run { story in
            let customer = try await Self.customer(story)
            let token = try await Self.page(story, customer)
            _ = try await story.engine.beginSetup(token, gateway: "sandbox_beta", by: .buyer)
            _ = try await story.engine.beginSetup(token, gateway: "sandbox_alpha", by: .buyer)
            let declined = try await story.engine.submitSetup(
                token, attempt: 2, Self.card("4000000000000002"), by: .buyer)
            guard case .declined = declined else {
                Issue.record("not declined: \(declined)")
                return
            }
            let again = try await story.engine.beginSetup(token, gateway: "sandbox_alpha", by: .buyer)
            guard case .buyer = again else {
                Issue.record("not open: \(again)")
                return
            }
            #expect(
                try await story.engine.submitSetup(token, attempt: 3, Self.card("4242424242424242"), by: .buyer)
                    == .completed)
        }
    }

    @Test func `a lost answer is found, and the method is kept once`() throws {
        let story = try Self.story()
        try story.run { story in
            let customer = try await Self.customer(story)
            try await story.node.setFaults([.timeoutAfterCharge], of: "sandbox_alpha")
            let token = try await Self.page(story, customer)
            _ = try await story.engine.beginSetup(token, gateway: "sandbox_alpha", by: .buyer)
            _ = try await story.engine.submitSetup(token, attempt: 1, Self.card("4242424242424242"), by: .buyer)
            await story.wait(seconds: 120)
            #expect(try Self.methods(story, customer).count == 1)
        }
    }

    @Test func `a replaced card gives its place up, and its gateway forgets it`() throws {
        let story = try Self.story()
        try story.run { story in
            let customer = try await Self.customer(story)
            let first = try await Self.page(story, customer)
            _ = try await story.engine.beginSetup(first, gateway: "sandbox_alpha", by: .buyer)
            _ = try await story.engine.submitSetup(first, attempt: 1, Self.card("4242424242424242"), by: .buyer)
            let old = try #require(try Self.methods(story, customer).first)
            let second = try await Self.page(story, customer, replacing: old.id)
            _ = try await story.engine.beginSetup(second, gateway: "sandbox_beta", by: .buyer)
            _ = try await story.engine.submitSetup(second, attempt: 1, .approval, by: .buyer)
            await story.wait(seconds: 60)
            let left = try Self.methods(story, customer)
            #expect(left.map(\.gateway) == ["sandbox_beta"] && left.first?.isDefault == true)
            let removed = try story.node.store.readSync { $0.get(PaymentMethod.self, Key(old.id)) }
            #expect(removed?.removedAt != nil && removed?.forgetAt == nil && removed?.forgetTries == 1)
            #expect(try story.node.events().map(\.type).contains(.paymentMethodRemoved))
        }
    }

    @Test func `a gateway that is down forgets a removed method later`() throws {
        let story = try Self.story()
        try story.run { story in
            let customer = try await Self.customer(story)
            let token = try await Self.page(story, customer)
            _ = try await story.engine.beginSetup(token, gateway: "sandbox_alpha", by: .buyer)
            _ = try await story.engine.submitSetup(token, attempt: 1, Self.card("4242424242424242"), by: .buyer)
            let method = try #require(try Self.methods(story, customer).first)
            try await story.node.setFaults([.down], of: "sandbox_alpha")
            try await story.engine.removeMethod(
                method.id, of: customer.id, application: story.node.application, by: .buyer)
            #expect(try story.node.store.readSync { $0.get(PaymentMethod.self, Key(method.id)) }?.forgetAt != nil)
            try await story.node.setFaults([], of: "sandbox_alpha")
            await story.wait(seconds: 4000)
            let now = try story.node.store.readSync { $0.get(PaymentMethod.self, Key(method.id)) }
            #expect(now?.forgetAt == nil && now?.forgetTries == 2)
        }
    }

    @Test(arguments: [false, true])
    func `a page whose customer was forgotten, or that expires untouched, is due no more`(isForgotten: Bool) throws {
        let story = try Self.story()
        try story.run { story in
            let (ledger, application) = (story.node.ledger, story.node.application)
            let customer = try await Self.customer(story)
            let token = try await Self.page(story, customer)
            _ = try await story.engine.beginSetup(token, gateway: "sandbox_alpha", by: .buyer)
            if isForgotten {
                _ = try await story.node.store.transact(for: application) { transaction in
                    let owner = try Applications.find(application, in: transaction)
                    return try Customers(ledger).forget(customer.id, application: owner, by: .system, in: transaction)
                }
            }
            await story.wait(seconds: 2 * 86_400)
            let setup = try story.node.store.readSync { PaymentMethodSetups.find(token, in: $0) }
            #expect(setup?.flow.status == .cancelled && setup?.flow.dueAt == nil)
            #expect(setup?.flow.attempts.contains { $0.isOpen } == false)
        }
    }

    @Test func `an expired page of a cancelled subscription is due no more`() throws {
        let story = try Self.story()
        try story.run { story in
            let (ledger, id) = (story.node.ledger, story.node.application)
            let made = try await Self.subscription(story)
            let (subscription, token) = (made.id, made.setupToken.bytes)
            _ = try await story.engine.beginSetup(token, gateway: "sandbox_alpha", by: .buyer)
            try await story.node.store.transact(for: id) { transaction in
                let application = try Applications.find(id, in: transaction)
                var input = CancelInput()
                input.atPeriodEnd = false
                _ = try Subscriptions(ledger).cancel(
                    subscription, input, application: application, by: .system, in: transaction)
            }
            await story.wait(seconds: 2 * 86_400)
            let setup = try story.node.store.readSync { PaymentMethodSetups.find(token, in: $0) }
            #expect(setup?.flow.status == .cancelled && setup?.flow.dueAt == nil)
        }
    }

    @Test func `a link made for a subscription takes one card, the subscription's own any number`() throws {
        let story = try Self.story()
        try story.run { story in
            let ledger = story.node.ledger
            let subscription = try await Self.subscription(story)
            let made = try await story.node.store.transact(for: story.node.application) { transaction in
                try PaymentMethodSetups(ledger).create(
                    for: subscription, returnURL: "https://shop.example/account", by: .system, in: transaction)
            }.token.bytes
            for (token, uses) in [(made, 1), (subscription.setupToken.bytes, 2)] {
                for _ in 0..<uses {
                    let step = try await story.engine.beginSetup(token, gateway: "sandbox_alpha", by: .buyer)
                    guard case .buyer = step else {
                        Issue.record("no page: \(step)")
                        return
                    }
                    let number = try #require(try await story.engine.setup(token)?.setup.flow.currentAttempt?.number)
                    let card = Self.card("4242424242424242")
                    #expect(
                        try await story.engine.submitSetup(token, attempt: number, card, by: .buyer) == .completed)
                    let setup = try #require(try await story.engine.setup(token)?.setup)
                    let now = try story.node.store.readSync { $0.get(Subscription.self, Key(subscription.id)) }
                    #expect(now?.paymentMethod == setup.method && setup.method != nil)
                }
            }
            let again = await EngineStory.code {
                _ = try await story.engine.beginSetup(made, gateway: "sandbox_alpha", by: .buyer)
            }
            #expect(again == .invalidState)
        }
    }
}
