import Billing
import Gateways
import Runtime
import Scenarios
import Simulation
import Storage
import Testing

@Suite struct PaymentEngineCollectionTests {
    @Test func `a saved method pays an invoice`() throws {
        let story = try CollectionStory()
        try story.run { story in
            let invoice = try await story.invoice(of: try await story.customer())
            let payment = try await story.collect(invoice)
            #expect(payment.status == .completed && payment.isAutomatic && payment.invoice == invoice.id)
            #expect(payment.attempts.map(\.status) == [.succeeded])
            let now = try story.now(invoice)
            #expect(now.status == .paid && now.amountPaid == Money(2999, .usd) && now.payments == [payment.hash])
            #expect(await EngineStory.code { _ = try await story.collect(invoice) } == .invalidState)
        }
        #expect(story.alpha.taken.map(\.amount) == [Money(2999, .usd)])
        #expect(try story.findings() == [])
    }

    @Test func `a decline ends the payment, with its event, and leaves the invoice open`() throws {
        let story = try CollectionStory()
        try story.run { story in
            let invoice = try await story.invoice(
                of: try await story.customer(alpha: "insufficient_funds", beta: "good"))
            let payment = try await story.collect(invoice)
            #expect(payment.status == .failed && payment.failure?.code == "insufficient_funds")
            #expect(payment.failure?.isHard == false)
            #expect(try story.now(invoice).status == .open)
            let types = try story.node.events().filter { $0.object == .payment }.map(\.type)
            #expect(types == [.paymentPending, .paymentProcessing, .paymentFailed])
        }
        // A bank's no is no reason to ask another card.
        #expect(story.beta.records.isEmpty)
        #expect(try story.findings() == [])
    }

    @Test(arguments: ["stolen_card", "lost_card", "account_closed", "do_not_try_again"])
    func `a decline for good is known as such`(token: String) throws {
        let story = try CollectionStory()
        try story.run { story in
            let invoice = try await story.invoice(of: try await story.customer(alpha: token))
            #expect(try await story.collect(invoice).failure?.isHard == true)
        }
    }

    @Test func `a bank that wants to see the buyer declines, and the invoice's page stays open`() throws {
        let story = try CollectionStory()
        try story.run { story in
            let invoice = try await story.invoice(of: try await story.customer(alpha: "asks_buyer"))
            let payment = try await story.collect(invoice)
            #expect(payment.status == .failed && payment.failure?.code == "authentication_required")
            let hosted = try await story.hosted(invoice)
            _ = try await story.engineStory.start(hosted)
            #expect(try await story.engineStory.submit(hosted) == .completed)
            #expect(try story.now(invoice).status == .paid)
        }
        #expect(try story.findings() == [])
    }

    @Test(arguments: ["processing_error", "unsent"])
    func `what says nothing about the card moves on to the next saved method`(cause: String) throws {
        let story = try CollectionStory()
        if cause == "unsent" { story.alpha.setFate { _, _ in .unsent } }
        try story.run { story in
            let token = cause == "unsent" ? "good" : cause
            let invoice = try await story.invoice(of: try await story.customer(alpha: token, beta: "good"))
            let payment = try await story.collect(invoice)
            #expect(payment.status == .completed && payment.gateway == "far_beta")
            #expect(payment.attempts.map(\.gateway) == ["far_alpha", "far_beta"])
            #expect(payment.attempts[0].status == (cause == "unsent" ? .errored : .declined))
        }
        #expect(story.alpha.taken.isEmpty && story.beta.taken.count == 1)
        #expect(try story.findings() == [])
    }

    @Test func `a lost answer is asked for once more with the same key`() throws {
        let story = try CollectionStory()
        story.alpha.setFate { call, count in call == .charge && count == 0 ? .answerLost : .answered(after: 0) }
        try story.run { story in
            let invoice = try await story.invoice(of: try await story.customer(alpha: "good", beta: "good"))
            #expect(try await story.collect(invoice).status == .completed)
        }
        let keys = story.alpha.records.filter { $0.call == .charge }.map(\.key)
        #expect(keys.count == 2 && Set(keys).count == 1 && story.alpha.taken.count == 1)
        #expect(story.beta.records.isEmpty)
    }

    /// Fates of the first charge and its resend.
    @Test(arguments: [FarFate.answerLost, .vanished, .delayed(by: 40_000), .delayed(by: 7_000_000)])
    func `while the outcome is unknown nobody else may charge, and it is found out`(fate: FarFate) throws {
        let story = try CollectionStory()
        story.alpha.setFate { call, count in call == .charge && count < 2 ? fate : .answered(after: 0) }
        try story.run { story in
            let invoice = try await story.invoice(of: try await story.customer(alpha: "good", beta: "good"))
            let payment = try await story.collect(invoice)
            #expect(payment.status == .processing)
            #expect(try story.node.store.readSync { Payments.isCollectionInFlight(invoice.id, in: $0) })
            #expect(await EngineStory.code { _ = try await story.collect(invoice) } == .paymentInFlight)
            #expect(try await story.hosted(invoice).hash == payment.hash)
            await story.wait(seconds: 3 * 3600)
            #expect(try story.now(invoice).status == .paid)
        }
        #expect(story.alpha.taken.count == 1 && story.beta.records.isEmpty)
        #expect(Set(story.alpha.records.filter { $0.call == .charge }.map(\.key)).count == 1)
        #expect(try story.findings() == [])
    }

    @Test func `an interrupted charge is taken up with the same key`() throws {
        let (alpha, beta) = (FarBooks("far_alpha"), FarBooks("far_beta"))
        alpha.setFate { call, _ in call == .charge ? .answered(after: 20_000) : .answered(after: 0) }
        let story = try CollectionStory(alpha: alpha, beta: beta)
        let invoice = try story.run { story in
            try await story.invoice(of: try await story.customer(alpha: "good", beta: "good"))
        }
        story.node.world.doors.scheduler.spawn(on: 0) { _ = try? await story.collect(invoice) }
        try story.node.world.run(milliseconds: 5000)
        #expect(alpha.count(of: .charge) == 1 && alpha.taken.isEmpty)
        alpha.setFate { _, _ in .answered(after: 0) }
        let after = try CollectionStory(
            seed: 2, disk: story.node.world.disk.crashImage(.loseAll), alpha: alpha, beta: beta)
        try after.run { story in
            await story.wait(seconds: 60)
            let now = try story.now(invoice)
            #expect(now.status == .paid)
        }
        #expect(alpha.taken.count == 1 && beta.records.isEmpty)
        #expect(Set(alpha.records.filter { $0.call == .charge }.map(\.key)).count == 1)
        #expect(try after.findings() == [])
    }

    @Test func `money that comes late completes the payment while its invoice is open, else it is given back`() throws {
        for isPaidMeanwhile in [false, true] {
            let story = try CollectionStory()
            try story.run { story in
                let invoice = try await story.invoice(of: try await story.customer(alpha: "insufficient_funds"))
                let failed = try await story.collect(invoice)
                if isPaidMeanwhile {
                    let hosted = try await story.hosted(invoice)
                    _ = try await story.engineStory.start(hosted, "far_beta")
                    #expect(try await story.engineStory.submit(hosted) == .completed)
                }
                // The gateway changes its mind.
                let key = failed.attempts[0].callKey(failed.hash, .capture)
                story.alpha.settleLater(key, payment: failed.hash, amount: failed.amount)
                _ = try await story.engine.look(failed.hash, attempt: 1, by: .gateway("far_alpha"))
                await story.wait(seconds: 30)
                let now = try story.engineStory.now(failed)
                #expect(now.status == (isPaidMeanwhile ? .failed : .completed))
                #expect(now.isLate == !isPaidMeanwhile)
                #expect(now.refunds.map(\.status) == (isPaidMeanwhile ? [.succeeded] : []))
                #expect(try story.now(invoice).status == .paid)
                #expect(try story.now(invoice).amountPaid == Money(2999, .usd))
            }
            #expect(try story.findings() == [])
        }
    }

    @Test func `the same automatic work is the same payment after a restore`() throws {
        let hashes = try (0..<2).map { _ in
            let story = try CollectionStory()
            return try story.run { story -> [PaymentHash] in
                let invoice = try await story.invoice(of: try await story.customer())
                try await story.makeDue(invoice)
                await story.wait(seconds: 1)
                return try story.now(invoice).payments
            }
        }
        #expect(hashes[0].count == 1 && hashes[0] == hashes[1])
        let vault = try CollectionStory().node.ledger.vault
        var invoice = Invoice()
        invoice.subscription = SubscriptionID(value: 5)
        invoice.billingReason = .subscriptionCycle
        invoice.periodStart = Timestamp(seconds: 1_736_899_200)
        let first = PaymentDerivation(invoice, try: 1).hash(vault)
        // What a restore makes anew does not matter.
        invoice.id = InvoiceID(value: 77)
        invoice.createdAt = Timestamp(seconds: 1_736_999_999)
        #expect(PaymentDerivation(invoice, try: 1).hash(vault) == first)
        #expect(PaymentDerivation(invoice, try: 2).hash(vault) != first)
        invoice.billingReason = .subscriptionCreate
        #expect(PaymentDerivation(invoice, try: 1).hash(vault) != first)
    }

    @Test func `a method or gateway can be named, and somebody who names none that exists is told`() throws {
        let story = try CollectionStory()
        try story.run { story in
            let customer = try await story.customer(alpha: "good", beta: "good")
            let first = try await story.invoice(of: customer)
            #expect(try await story.collect(first, gateway: "far_beta").gateway == "far_beta")
            let second = try await story.invoice(of: customer)
            let methods = try story.node.store.readSync { Customers.methods(of: customer, in: $0) }
            let beta = try #require(methods.first { $0.gateway == "far_beta" })
            #expect(try await story.collect(second, method: beta.id).gateway == "far_beta")
            let third = try await story.invoice(of: customer)
            #expect(
                await EngineStory.code { _ = try await story.collect(third, method: PaymentMethodID(value: 9)) }
                    == .validationFailed)
            #expect(
                await EngineStory.code { _ = try await story.collect(third, gateway: "nowhere") }
                    == .paymentMethodRequired)
        }
    }
}
