import Billing
import Gateways
import Runtime
import Scenarios
import Testing

@Suite struct PaymentEngineRefundTests {
    @Test func `a refund whose answer is lost is pending, and found by a lookup`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.paid()
            story.alpha.setFate { call, _ in call == .refund ? .answerLost : .answered(after: 0) }
            #expect(try await story.refund(payment).status == .pending)
            await story.wait(seconds: 6)
            #expect(try story.now(payment).refunds.map(\.status) == [.succeeded])
        }
        let keys = story.alpha.records.filter { $0.call == .refund }.map(\.key)
        #expect(keys.count == 2 && Set(keys).count == 1 && story.alpha.taken.map(\.refunded) == [10_000])
        #expect(try story.findings() == [])
    }

    @Test func `a refund that never arrived is sent again with its key`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.paid()
            story.alpha.setFate { call, count in call == .refund && count < 2 ? .vanished : .answered(after: 0) }
            #expect(try await story.refund(payment, 2500).status == .pending)
            await story.wait(seconds: 6)
            #expect(try story.now(payment).refunds.map(\.status) == [.succeeded])
        }
        #expect(Set(story.alpha.records.filter { $0.call == .refund }.map(\.key)).count == 1)
        #expect(story.alpha.taken.map(\.refunded) == [2500])
        #expect(try story.findings() == [])
    }

    @Test func `a refund while the gateway is down waits and goes through`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.paid()
            story.alpha.setFate { _, _ in .unsent }
            #expect(try await story.refund(payment).status == .pending)
            await story.wait(seconds: 60)
            #expect(try story.now(payment).refunds.map(\.status) == [.pending])
            story.alpha.setFate { _, _ in .answered(after: 0) }
            await story.wait(seconds: 120)
            #expect(try story.now(payment).refunds.map(\.status) == [.succeeded])
        }
        #expect(try story.findings() == [])
    }

    @Test func `more than is left, and a payment without money, are refused`() throws {
        let story = try EngineStory()
        try story.run { story in
            let unpaid = try await story.opened()
            #expect(await EngineStory.code { _ = try await story.refund(unpaid) } == .invalidState)
            let payment = try await story.paid()
            #expect(await EngineStory.code { _ = try await story.refund(payment, 10_001) } == .validationFailed)
            #expect(try await story.refund(payment, 10_000).status == .succeeded)
            #expect(await EngineStory.code { _ = try await story.refund(payment, 1) } == .invalidState)
        }
        #expect(story.alpha.count(of: .refund) == 1)
    }

    @Test func `a second charge is refunded once, after it was read again`() throws {
        let story = try EngineStory()
        story.alpha.setCanExpire(false)
        try story.run { story in
            let payment = try await story.opened()
            _ = try await story.start(payment, "far_beta")
            _ = try await story.submit(payment, attempt: 2)
            story.alpha.pay("far_alpha_s1")
            story.alpha.setFate { call, _ in call == .refund ? .answerLost : .answered(after: 0) }
            for _ in 0..<3 { _ = try await story.engine.look(payment.hash, attempt: 1, by: .gateway("far_alpha")) }
            await story.wait(seconds: 60)
            #expect(try story.now(payment).refunds.map(\.isAutomatic) == [true])
        }
        #expect(story.alpha.taken.map(\.refunded) == [10_000])
        let order = story.alpha.records.map(\.call).drop { $0 != .refundStatus }
        #expect(Array(order.prefix(3)) == [.refundStatus, .status, .refund])
        #expect(try story.findings() == [])
    }
}
