import Billing
import Fields
import HTTP
import Runtime
import Storage
import Testing
import Webhooks

@Suite struct DisablingTests {
    @Test func `five days of nothing but failures disable, with an event`() throws {
        try Scene(isManual: true).run { scene in
            let broken = try await scene.addEndpoint("http://receiver.example/")
            let healthy = try await scene.addEndpoint(
                "http://other.example/", events: ["webhook_endpoint.disabled"])
            scene.inbox.setAnswer { letter, _ in Response(status: letter.host == "other.example" ? 200 : 503) }
            let begin = scene.now
            var disabledAt: Timestamp?
            for number in 0..<12 {
                _ = try await scene.addCustomer("c\(number)")
                await scene.wait(seconds: 43_200)
                disabledAt = try await scene.endpoint(broken.id).disabledAt
                if disabledAt != nil { break }
            }
            let days = try #require(disabledAt).seconds - begin.seconds
            #expect((5 * 86_400..<6 * 86_400).contains(days))
            let endpoint = try await scene.endpoint(broken.id)
            #expect(endpoint.state == .disabled)
            #expect(endpoint.disabledReason == "Every try of the last five days failed.")
            let letter = try #require(scene.inbox.letters.last { $0.host == "other.example" })
            #expect(letter.eventType == "webhook_endpoint.disabled")
            #expect(letter.text.contains(broken.id.description))
            #expect(letter.text.contains(#""state":"disabled""#))
            #expect(letter.text.contains(#""previous":{"state":"failing""#))
            #expect(!letter.text.contains("whsec_"))
            #expect(scene.inbox.letters.count { $0.host == "other.example" } == 1)
            #expect(try await scene.allDeliveries(to: healthy.id).map(\.status) == [.delivered])
            await scene.wait(seconds: 2 * 86_400)
            let open = try await scene.allDeliveries(to: broken.id).filter(\.isOpen)
            #expect(!open.isEmpty)
            #expect(open.allSatisfy { $0.status == .held })
        }
    }

    @Test func `one success in five days keeps an endpoint`() throws {
        try Scene(isManual: true).run { scene in
            let endpoint = try await scene.addEndpoint()
            for number in 0..<14 {
                let status = number == 7 ? 200 : 500
                scene.inbox.setStatus(status)
                _ = try await scene.addCustomer("c\(number)")
                await scene.wait(seconds: 43_200)
            }
            #expect(try await scene.endpoint(endpoint.id).state == .failing)
        }
    }

    @Test func `what waits for a deleted endpoint is given up`() throws {
        try Scene(isManual: true).run { scene in
            let endpoint = try await scene.addEndpoint()
            scene.inbox.setStatus(500)
            for number in 0..<120 { _ = try await scene.addCustomer("c\(number)") }
            await scene.wait(seconds: 1)
            _ = try await scene.change {
                try $0.delete(
                    endpoint.id, application: Scene.application, by: .system, in: $1)
            }
            await scene.wait(seconds: 120)
            let count = scene.inbox.letters.count
            let all = try await scene.allDeliveries()
            #expect(all.count == 120)
            #expect(all.allSatisfy { $0.status == .failed && $0.nextTryAt == nil && $0.finishedAt != nil })
            await scene.wait(seconds: 86_400)
            #expect(scene.inbox.letters.count == count)
            await #expect(throws: Refusal.notFound("webhook endpoint")) { try await scene.endpoint(endpoint.id) }
            await #expect(throws: Refusal.self) {
                try await scene.store.transact { transaction in
                    try scene.deliveries.retry(
                        all[0].id, application: Scene.application, by: .system, in: transaction)
                }
            }
            // Its events go nowhere any more.
            _ = try await scene.addCustomer("later")
            #expect(try await scene.allDeliveries().count == 120)
        }
    }
}
