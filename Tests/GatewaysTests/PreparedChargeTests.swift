import Billing
import Gateways
import Runtime
import Scenarios
import Simulation
import Testing

/// Charges that a gateway wants made first and then carried out.
@Suite struct PreparedChargeTests {
    private static func alpha() -> FarBooks { FarBooks("far_alpha", preparesCharges: true) }

    @Test func `a charge is made, its name kept, and then carried out`() throws {
        let story = try CollectionStory(alpha: Self.alpha())
        try story.run { story in
            let invoice = try await story.invoice(of: try await story.customer())
            let payment = try await story.collect(invoice)
            #expect(payment.status == .completed)
            #expect(payment.attempts.map(\.gatewayReference) == ["far_alpha_p1"])
            #expect(try story.now(invoice).status == .paid)
        }
        #expect(story.alpha.records.map(\.call) == [.prepare, .charge])
        #expect(story.alpha.taken.count == 1)
        #expect(try story.findings() == [])
    }

    @Test(arguments: [FarFate.unsent, .vanished, .answerLost])
    func `what could not be made takes nothing, and the next gateway charges`(fate: FarFate) throws {
        let story = try CollectionStory(alpha: Self.alpha())
        story.alpha.setFate { call, _ in call == .prepare ? fate : .answered(after: 0) }
        try story.run { story in
            let invoice = try await story.invoice(of: try await story.customer(alpha: "good", beta: "good"))
            let payment = try await story.collect(invoice)
            #expect(payment.status == .completed && payment.gateway == "far_beta")
            #expect(payment.attempts.first?.status == .errored)
        }
        #expect(story.alpha.taken.isEmpty && story.beta.taken.count == 1)
        #expect(try story.findings() == [])
    }

    @Test func `a making whose answer is lost once is found by its key`() throws {
        let story = try CollectionStory(alpha: Self.alpha())
        story.alpha.setFate { call, count in call == .prepare && count == 0 ? .answerLost : .answered(after: 0) }
        try story.run { story in
            let invoice = try await story.invoice(of: try await story.customer())
            #expect(try await story.collect(invoice).status == .completed)
        }
        #expect(Set(story.alpha.records.filter { $0.call == .prepare }.map(\.key)).count == 1)
        #expect(story.alpha.taken.count == 1)
    }

    @Test func `a carrying out without an answer stays with its gateway until a lookup tells`() throws {
        let story = try CollectionStory(alpha: Self.alpha())
        story.alpha.setFate { call, _ in call == .charge ? .answerLost : .answered(after: 0) }
        try story.run { story in
            let invoice = try await story.invoice(of: try await story.customer(alpha: "good", beta: "good"))
            #expect(try await story.collect(invoice).status == .processing)
            await story.wait(seconds: 60)
            #expect(try story.now(invoice).status == .paid)
        }
        #expect(story.alpha.taken.count == 1 && story.beta.records.isEmpty)
        #expect(try story.findings() == [])
    }

    @Test func `one that was never carried out while keys lived is cancelled before another card is asked`() throws {
        let story = try CollectionStory(alpha: Self.alpha())
        story.alpha.setFate { call, _ in call == .charge ? .vanished : .answered(after: 0) }
        try story.run { story in
            let invoice = try await story.invoice(of: try await story.customer(alpha: "good", beta: "good"))
            #expect(try await story.collect(invoice).status == .processing)
            await story.wait(seconds: 5 * 3600)
            #expect(story.beta.records.isEmpty)
            await story.wait(seconds: 5 * 3600)
            #expect(try story.now(invoice).status == .paid)
        }
        #expect(story.alpha.count(of: .cancel) == 1)
        #expect(story.alpha.taken.isEmpty && story.beta.taken.count == 1)
        #expect(try story.findings() == [])
    }

    @Test func `a crash between making and carrying out ends in one charge`() throws {
        var crashes = 0
        for steps in stride(from: 0, to: 400, by: 5) {
            let (alpha, beta) = (Self.alpha(), FarBooks("far_beta"))
            alpha.setFate { _, _ in .answered(after: 1) }
            let story = try CollectionStory(alpha: alpha, beta: beta)
            let invoice = try story.run { story in
                try await story.invoice(of: try await story.customer(alpha: "good", beta: "good"))
            }
            let world = story.node.world
            let start = world.stepCount
            let isDone = Guarded(false)
            world.doors.scheduler.spawn(on: 0) {
                _ = try? await story.collect(invoice)
                isDone.withLock { $0 = true }
            }
            try world.run { world.stepCount - start >= steps || isDone.withLock { $0 } }
            if isDone.withLock({ $0 }) { break }
            crashes += 1
            let after = try CollectionStory(
                seed: 2, disk: world.disk.crashImage(.seeded(UInt64(steps))), alpha: alpha, beta: beta)
            after.node.world.clock.set(world.clock.now().adding(seconds: 1))
            try after.run { after in
                if try after.now(invoice).payments.isEmpty { _ = try await after.collect(invoice) }
                await after.wait(seconds: 120)
                #expect(try after.now(invoice).status == .paid, "crash after \(steps) steps")
            }
            #expect(alpha.taken.count == 1 && beta.taken.isEmpty, "crash after \(steps) steps")
            #expect(try after.findings() == [])
        }
        #expect(crashes > 3)
    }

    @Test func `a buyer who agreed at the gateway and came back, or never did, has paid once`() throws {
        for comesBack in [true, false] {
            let story = try EngineStory()
            try story.run { story in
                let payment = try await story.opened()
                story.alpha.approve("far_alpha_s1")
                if comesBack {
                    #expect(try await story.engine.returned(payment.hash, by: .buyer) == .completed)
                } else {
                    _ = try await story.engine.look(payment.hash, attempt: 1, by: .gateway("far_alpha"))
                }
                #expect(try story.now(payment).status == .completed)
                #expect(try await story.engine.returned(payment.hash, by: .buyer) == .completed)
            }
            #expect(story.alpha.taken.count == 1)
            #expect(try story.findings() == [])
        }
    }

    @Test func `what a buyer agreed to is taken once, though the call that takes it got lost`() throws {
        let story = try EngineStory()
        story.alpha.setFate { call, count in call == .capture && count < 2 ? .vanished : .answered(after: 0) }
        try story.run { story in
            let payment = try await story.opened()
            story.alpha.approve("far_alpha_s1")
            #expect(try await story.submit(payment) == .confirming)
            await story.wait(seconds: 60)
            #expect(try story.now(payment).status == .completed)
        }
        #expect(Set(story.alpha.records.filter { $0.call == .capture }.map(\.key)).count == 1)
        #expect(story.alpha.taken.count == 1)
        #expect(try story.findings() == [])
    }

    @Test func `what a buyer agreed to and cannot be taken is asked for ever less often`() throws {
        let story = try EngineStory()
        story.alpha.setFate { call, _ in call == .capture ? .vanished : .answered(after: 0) }
        try story.run { story in
            let payment = try await story.opened()
            story.alpha.approve("far_alpha_s1")
            _ = try await story.submit(payment)
            await story.wait(seconds: 10 * 3600)
            #expect(try story.now(payment).status == .processing)
        }
        #expect((10...20).contains(story.alpha.count(of: .status)))
        // The last that was made with its key left within six hours.
        #expect(story.alpha.count(of: .capture) < story.alpha.count(of: .status))
        #expect(story.alpha.taken.isEmpty && story.beta.records.isEmpty)
    }

    @Test func `a refund made at the gateway by hand is recorded once`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.paid()
            let charge = try #require(story.alpha.taken.first?.reference)
            story.alpha.refundByHand(charge, Money(4000, .usd))
            for _ in 0..<2 {
                try await story.engine.lookRefunds(charge: charge, payment: payment.hash, by: .gateway("far_alpha"))
            }
            let now = try story.now(payment)
            #expect(now.refunds.map(\.amount) == [Money(4000, .usd)])
            #expect(now.refunds.map(\.status) == [.succeeded])
            #expect(now.amountRefunded == Money(4000, .usd))
            #expect(await EngineStory.code { _ = try await story.refund(payment, 6001) } == .validationFailed)
        }
        #expect(try story.findings() == [])
    }
}
