import Billing
import HTTP
import JSON
import Runtime
import Simulation
import Testing

@testable import API

@Suite struct PaymentTests {
    @Test func `a new payment comes with its start addresses and its checkout page`() throws {
        try World(seed: 1).run { doors in
            let shop = try await Shop(doors)
            let answer = await shop.send(.post, "/payments/hosted-url", Shop.order)
            #expect(answer.status == 201)
            #expect(answer["success"] == .bool(true))
            #expect(answer["payment", "status"]?.text == "pending")
            #expect(answer["payment", "amount"]?.numberText == "99.99")
            #expect(answer["payment", "customer", "email"]?.text == "ada@example.com")
            let hosted = try #require(answer["hosted_url"]?.text)
            #expect(answer["payment", "hosted_url"]?.text == hosted)
            #expect(hosted.hasPrefix("https://pay.example/checkout/"))
            #expect(answer["gateways"]?.items.first?["url"]?.text == hosted + "/start/sandbox_alpha")
            let hash = try #require(answer["payment", "hash"]?.text)
            let again = await shop.send(.get, "/payments/" + hash)
            #expect(again.status == 200)
            #expect(again["payment"] == answer["payment"])
        }
    }
}
