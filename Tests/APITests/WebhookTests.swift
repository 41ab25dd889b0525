import Billing
import HTTP
import JSON
import Runtime
import Simulation
import Testing

@testable import API

@Suite struct WebhookTests {
    @Test func `an endpoint is made, shown without its secret, rotated, tested and removed`() throws {
        try World(seed: 50).run { doors in
            let shop = try await Shop(doors)
            let made = await shop.send(
                .post, "/webhook-endpoints", #"{"url":"https://shop.example/hook","events":["payment.pending"]}"#)
            #expect(made.status == 201)
            let id = try #require(made["webhook_endpoint", "id"]?.text)
            let secret = try #require(made["webhook_endpoint", "secret"]?.text)
            #expect(secret.hasPrefix("whsec_"))
            #expect(await shop.send(.get, "/webhook-endpoints/" + id)["webhook_endpoint", "secret"] == .null)
            #expect(await shop.send(.get, "/webhook-endpoints")["webhook_endpoints"]?.items.count == 1)
            let rotated = await shop.send(
                .post, "/webhook-endpoints/\(id)/rotate-secret", "{}", idempotencyKey: "rotate")
            let next = try #require(rotated["webhook_endpoint", "secret"]?.text)
            #expect(next != secret)
            // The secret is in the kept answer, which is sealed.
            let again = await shop.send(
                .post, "/webhook-endpoints/\(id)/rotate-secret", "{}", idempotencyKey: "rotate")
            #expect(again["webhook_endpoint", "secret"]?.text == next)
            let bad = await shop.send(.patch, "/webhook-endpoints/" + id, #"{"events":["payment.gone"]}"#)
            #expect(bad.issues == ["events[0]:unknown_value"])
            let test = await shop.send(.post, "/webhook-endpoints/\(id)/test", "{}")
            #expect(test["delivery", "status"]?.text == "queued")
            _ = await shop.send(.post, "/payments", Shop.order)
            let deliveries = await shop.send(.get, "/webhook-deliveries?webhook_endpoint_id=\(id)")
            #expect(deliveries["deliveries"]?.items.count == 2)
            let delivery = try #require(test["delivery", "id"]?.text)
            #expect(await shop.send(.get, "/webhook-deliveries/" + delivery).status == 200)
            #expect(await shop.send(.post, "/webhook-deliveries/\(delivery)/retry", "{}").code == "invalid_state")
            #expect(await shop.send(.get, "/webhook-endpoints/\(id)/health")["health", "waiting"]?.numberText == "2")
            #expect(await shop.send(.delete, "/webhook-endpoints/" + id, "{}").status == 200)
            #expect(await shop.send(.get, "/webhook-endpoints/" + id).code == "not_found")
        }
    }

    @Test func `a notice without a signature is refused, and one for nobody is not found`() throws {
        try World(seed: 51).run { doors in
            let shop = try await Shop(doors)
            let target = "/webhooks/sandbox_alpha/\(shop.application.id)"
            let body = Array("{}".utf8)
            #expect(await shop.send(Request(method: .post, target: target, body: body)).status == 400)
            let nobody = target.replacing("sandbox_alpha", with: "nobody")
            #expect(await shop.send(Request(method: .post, target: nobody, body: body)).status == 404)
            #expect(await shop.send(.get, "/gateway-events")["gateway_events"]?.items.isEmpty == true)
        }
    }
}
