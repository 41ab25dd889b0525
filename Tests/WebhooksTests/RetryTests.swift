import Billing
import Fields
import HTTP
import Runtime
import Storage
import Testing

@testable import Webhooks

@Suite struct RetryTests {
    @Test func `tries follow the schedule within a fifth, and the last failure ends the delivery`() throws {
        try Scene(isManual: true).run { scene in
            let endpoint = try await scene.addEndpoint()
            scene.inbox.setStatus(500)
            _ = try await scene.addCustomer("ada")
            await scene.wait(seconds: 5 * 86_400)
            let delivery = try #require(try await scene.allDeliveries().first)
            #expect(delivery.status == .failed)
            #expect(delivery.tries == 10)
            #expect(delivery.nextTryAt == nil)
            #expect(delivery.finishedAt != nil)
            #expect(delivery.log.count == 10)
            #expect(scene.inbox.letters.count == 10)
            #expect(scene.inbox.letters.map(\.attempt) == (1...10).map(String.init))
            var offsets: Set<Int64> = []
            for (index, seconds) in RetrySchedule.delaySeconds.enumerated() {
                let gap = delivery.log[index + 1].at.milliseconds - delivery.log[index].at.milliseconds
                // The call and its record take a few milliseconds.
                #expect((seconds * 800...seconds * 1200 + 100).contains(gap), "try \(index + 2) after \(gap) ms")
                offsets.insert(gap * 1000 / (seconds * 1000))
            }
            #expect(offsets.count > 3)
            #expect(delivery.log.allSatisfy { $0.error?.contains("answered 500") == true && $0.responseStatus == 500 })
            #expect(try await scene.endpoint(endpoint.id).state == .failing)
            #expect(try await scene.endpoint(endpoint.id).consecutiveFailures == 10)
        }
    }

    @Test func `the schedule is that of the contract`() {
        #expect(RetrySchedule.delaySeconds == [5, 30, 120, 900, 3600, 14_400, 43_200, 86_400, 86_400])
        for (index, seconds) in RetrySchedule.delaySeconds.enumerated() {
            let tries = Int64(index + 1)
            func delay(_ randomness: UInt64, _ asked: Int64? = nil) -> Int64? {
                RetrySchedule.delayMilliseconds(afterTry: tries, randomness: randomness, askedSeconds: asked)
            }
            #expect(delay(0) == seconds * 800)
            #expect(delay(UInt64(seconds) * 400) == seconds * 1200)
            #expect(delay(UInt64(seconds) * 400 + 1) == seconds * 800)
            #expect(delay(0, 1) == seconds * 800)
            #expect(delay(0, 200_000) == 172_800_000)
            #expect(delay(0, .max) == 172_800_000)
        }
        #expect(RetrySchedule.delayMilliseconds(afterTry: 10, randomness: 0, askedSeconds: 1) == nil)
    }

    @Test(
        arguments: [
            ("120", 120), ("0", 0), ("Wed, 15 Jan 2025 00:02:00 GMT", 120), ("Tue, 14 Jan 2025 00:00:00 GMT", 0),
            ("999999999", 999_999_999), ("", nil), ("-1", nil), ("1.5", nil), ("soon", nil), ("9999999999", nil),
            ("Wed, 15 Foo 2025 00:02:00 GMT", nil), ("Wednesday, 15-Jan-25 00:02:00 GMT", nil),
            ("Wed, 15 Jan 2025 00:02:00 +01", nil), ("Wed, 99 Jan 2025 00:02:00 GMT", nil),
        ] as [(String, Int64?)])
    func `Retry-After is seconds or a date`(text: String, seconds: Int64?) {
        #expect(RetryAfter.seconds(text, now: Timestamp(seconds: 1_736_899_200)) == seconds)
    }

    @Test(arguments: [("3600", 3600), ("1", 5), ("99999999", 172_800)] as [(String, Int64)])
    func `Retry-After lengthens the wait, up to two days`(text: String, seconds: Int64) throws {
        try Scene().run { scene in
            _ = try await scene.addEndpoint()
            scene.inbox.setStatus(503, [("Retry-After", text)])
            _ = try await scene.addCustomer("ada")
            await scene.wait(seconds: 1)
            let delivery = try #require(try await scene.allDeliveries().first)
            let next = try #require(delivery.nextTryAt)
            let wait = next.milliseconds - delivery.log[0].at.milliseconds
            #expect((seconds * 800...seconds * 1200 + 100).contains(wait))
            if seconds > 5 { #expect((seconds * 1000...seconds * 1000 + 100).contains(wait)) }
        }
    }

    @Test func `a success ends the delivery and clears the endpoint's failures`() throws {
        try Scene().run { scene in
            let endpoint = try await scene.addEndpoint()
            scene.inbox.setAnswer { letter, _ in Response(status: letter.attempt == "3" ? 204 : 302) }
            _ = try await scene.addCustomer("ada")
            await scene.wait(seconds: 10)
            var state = try await scene.endpoint(endpoint.id)
            #expect(state.state == .failing)
            #expect(state.failingSince != nil)
            await scene.wait(seconds: 50)
            let delivery = try #require(try await scene.allDeliveries().first)
            #expect(delivery.status == .delivered)
            #expect(delivery.tries == 3)
            #expect(delivery.finishedAt != nil)
            #expect(
                delivery.log[0].error == "The receiver answered 302: redirects are not followed, so give the final URL."
            )
            #expect(delivery.log[2].error == nil)
            #expect(scene.inbox.letters.count == 3)
            state = try await scene.endpoint(endpoint.id)
            #expect(state.state == .delivering)
            #expect(state.failingSince == nil)
            #expect(state.consecutiveFailures == 0)
            #expect(state.lastSuccessAt != nil)
        }
    }

    @Test func `a delivery is sent again by hand, once, also after it failed`() throws {
        try Scene(isManual: true).run { scene in
            _ = try await scene.addEndpoint()
            scene.inbox.setStatus(500)
            _ = try await scene.addCustomer("ada")
            await scene.wait(seconds: 1)
            let id = try #require(try await scene.allDeliveries().first).id
            let retry: @Sendable () async throws -> Delivery = {
                try await scene.store.transact { transaction in
                    try scene.deliveries.retry(id, application: Scene.application, by: .system, in: transaction)
                }
            }
            #expect(try await retry().status == .queued)
            await scene.wait(seconds: 1)
            #expect(scene.inbox.letters.count == 2)
            await scene.wait(seconds: 4 * 86_400)
            #expect(try await scene.allDeliveries().first?.status == .failed)
            let count = scene.inbox.letters.count
            #expect(try await retry().finishedAt == nil)
            await scene.wait(seconds: 1)
            #expect(try await scene.allDeliveries().first?.status == .failed)
            #expect(scene.inbox.letters.count == count + 1)
            scene.inbox.setStatus(200)
            _ = try await retry()
            await scene.wait(seconds: 1)
            #expect(try await scene.allDeliveries().first?.status == .delivered)
            await #expect(throws: Refusal.self) { try await retry() }
        }
    }
}
