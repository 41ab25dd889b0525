import Billing
import Gateways
import Runtime
import Scenarios
import Simulation
import Storage
import Testing

/// An automatic charge and a buyer on the invoice's page, in both orders and at once.
@Suite struct CollectionRaceTests {
    @Test func `a waiting session is expired before the saved method is charged`() throws {
        let story = try CollectionStory()
        try story.run { story in
            let invoice = try await story.invoice(of: try await story.customer())
            let hosted = try await story.hosted(invoice)
            _ = try await story.engineStory.start(hosted, "far_beta")
            let payment = try await story.collect(invoice)
            #expect(payment.status == .completed)
            let old = try story.engineStory.now(hosted)
            #expect(old.status == .cancelled && old.cancellationReason == .replaced)
            #expect(old.attempts.map(\.status) == [.abandoned])
            #expect(!story.beta.pay("far_beta_s1"))
            #expect(await EngineStory.code { _ = try await story.engineStory.submit(hosted) } == .invalidState)
            #expect(await EngineStory.code { _ = try await story.engineStory.start(hosted) } == .invalidState)
        }
        #expect(try story.findings() == [])
    }

    @Test func `while the saved method is being charged, the buyer is kept waiting`() throws {
        let story = try CollectionStory()
        story.alpha.setFate { call, _ in call == .charge ? .vanished : .answered(after: 0) }
        try story.run { story in
            let invoice = try await story.invoice(of: try await story.customer())
            let payment = try await story.collect(invoice)
            #expect(payment.status == .processing)
            let page = try await story.hosted(invoice)
            #expect(page.hash == payment.hash)
            #expect(try await story.engineStory.start(page, "far_beta") == .confirming)
        }
        #expect(story.beta.records.isEmpty)
    }

    @Test func `a session that turns out paid is followed, and nothing is charged`() throws {
        let story = try CollectionStory()
        try story.run { story in
            let invoice = try await story.invoice(of: try await story.customer())
            let hosted = try await story.hosted(invoice)
            _ = try await story.engineStory.start(hosted, "far_beta")
            story.beta.pay("far_beta_s1")
            let payment = try await story.collect(invoice)
            #expect(payment.hash == hosted.hash && payment.status == .completed)
            #expect(try story.now(invoice).status == .paid)
        }
        #expect(story.alpha.records.isEmpty)
        #expect(try story.findings() == [])
    }

    @Test func `a gateway that does not tell of its session keeps the saved method from being charged`() throws {
        let story = try CollectionStory()
        try story.run { story in
            let invoice = try await story.invoice(of: try await story.customer())
            let hosted = try await story.hosted(invoice)
            _ = try await story.engineStory.start(hosted, "far_beta")
            story.beta.setFate { _, _ in .vanished }
            #expect(await EngineStory.code { _ = try await story.collect(invoice) } == .paymentInFlight)
            story.beta.setFate { _, _ in .answered(after: 0) }
            #expect(try await story.collect(invoice).status == .completed)
        }
        #expect(try story.findings() == [])
    }

    @Test func `where expiry is impossible the automatic try waits out the session, and its money is welcome`() throws {
        for pays in [true, false] {
            let story = try CollectionStory()
            story.beta.setCanExpire(false)
            try story.run { story in
                let invoice = try await story.invoice(of: try await story.customer())
                let hosted = try await story.hosted(invoice)
                _ = try await story.engineStory.start(hosted, "far_beta")
                try await story.makeDue(invoice)
                await story.wait(seconds: 1)
                let waiting = try #require(try story.now(invoice).nextPaymentAttempt)
                #expect(waiting > hosted.expiresAt && story.alpha.records.isEmpty)
                if pays {
                    #expect(try await story.engineStory.submit(hosted) == .completed)
                    #expect(try story.now(invoice).status == .paid)
                } else {
                    await story.wait(seconds: 86_500)
                    #expect(try story.now(invoice).status == .paid)
                }
            }
            #expect(story.alpha.taken.count == (pays ? 0 : 1) && story.beta.taken.count == (pays ? 1 : 0))
            #expect(try story.findings() == [])
        }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `a buyer and an automatic try at once take the money once`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let (first, second, third) = (dice.roll(60), dice.roll(60), dice.roll(60))
        let canExpire = dice.chance(70)
        let story = try CollectionStory(seed: seed)
        story.alpha.setFate { _, _ in .answered(after: first) }
        story.beta.setFate { _, _ in .answered(after: second) }
        story.beta.setCanExpire(canExpire)
        try story.run { story in
            let invoice = try await story.invoice(of: try await story.customer())
            let hosted = try await story.hosted(invoice)
            _ = try await story.engineStory.start(hosted, "far_beta")
            let done = WakeSignal()
            let left = Guarded(2)
            let scheduler = story.node.world.doors.scheduler
            scheduler.spawn(on: 0) {
                await story.node.wait(milliseconds: third)
                // A buyer who is refused while the session is claimed tries again.
                if (try? await story.engineStory.submit(hosted)) == nil {
                    await story.node.wait(milliseconds: 1000)
                    _ = try? await story.engineStory.submit(hosted)
                }
                left.withLock { $0 -= 1 }
                done.notify()
            }
            scheduler.spawn(on: 0) {
                try? await story.makeDue(invoice)
                left.withLock { $0 -= 1 }
                done.notify()
            }
            while left.withLock({ $0 }) > 0 { await done.wait(until: nil, on: scheduler) }
            await story.wait(seconds: 60)
            let now = try story.now(invoice)
            #expect(now.status == .paid && now.amountPaid == now.total)
        }
        #expect(story.alpha.taken.count + story.beta.taken.count == 1)
        #expect(try story.findings() == [])
    }

    @Test func `an invoice's open payment ends with the debt`() throws {
        let story = try CollectionStory()
        try story.run { story in
            let invoice = try await story.invoice(of: try await story.customer())
            let hosted = try await story.hosted(invoice)
            #expect(try await story.hosted(invoice).hash == hosted.hash)
            let ledger = story.node.ledger
            try await story.node.store.transact(for: story.node.application) { transaction in
                Payments(ledger).release(invoice.id, by: .system, in: transaction)
            }
            let ended = try story.engineStory.now(hosted)
            #expect(ended.status == .cancelled && ended.cancellationReason == .invoiceClosed)
            let next = try await story.hosted(invoice)
            _ = try await story.engineStory.start(next, "far_beta")
            try await story.node.store.transact(for: story.node.application) { transaction in
                Payments(ledger).release(invoice.id, by: .system, in: transaction)
            }
            await story.wait(seconds: 30)
            #expect(try story.engineStory.now(next).status == .cancelled)
            #expect(!story.beta.pay("far_beta_s1"))
        }
    }
}
