import Billing
import Fields
import Gateways
import HTTP
import Runtime
import Simulation
import Storage
import Testing

@testable import API

extension World {
    /// A world at noon on the first of January 2025.
    static func newYear(seed: UInt64 = 1) -> World {
        var options = WorldOptions()
        options.startTime = Timestamp("2025-01-01T12:00:00Z") ?? options.startTime
        return World(seed: seed, options: options)
    }
}

extension Shop {
    /// Plans to choose from: 29.99 and 49.99 a month, and 299.90 a year, in dollars.
    func makePlans() async {
        for (id, price, cycle) in [
            ("plan_premium_monthly", "29.99", "monthly"), ("plan_business_monthly", "49.99", "monthly"),
            ("plan_premium_yearly", "299.90", "yearly"),
        ] {
            let name = id == "plan_premium_monthly" ? "Premium Monthly" : id
            let made = await send(
                .post, "/subscription-plans",
                #"{"id":"\#(id)","name":"\#(name)","price":\#(price),"currency":"USD","billing_cycle":"\#(cycle)"}"#)
            #expect(made.status == 201)
            // They are listed in order of creation.
            await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 10))
        }
    }

    /// A subscription of a customer whose saved method has `token`, or who has none.
    func subscribe(
        _ token: String? = FakeGateway.goodToken, _ more: String = "", email: String = "ada@example.com"
    ) async throws -> Answer {
        guard let token else {
            return await send(
                .post, "/subscriptions", #"{"customer_email":"\#(email)","plan_id":"plan_premium_monthly"\#(more)}"#)
        }
        let (customer, _) = try await saveMethod(token, of: email)
        return await send(
            .post, "/subscriptions", #"{"customer_id":"\#(customer)","plan_id":"plan_premium_monthly"\#(more)}"#)
    }

    /// The path of an answered subscription.
    func path(_ answer: Answer) throws -> String {
        "/subscriptions/" + (try #require(answer["subscription", "id"]?.text))
    }

    /// Lets time pass.
    func wait(days: Int64) async {
        await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: Int(days) * 86_400))
    }

    /// Does everything that is due, as the server's clockwork does.
    func runDue() async {
        let sources: [any DueSource] = [
            SubscriptionWork(store: store, ledger: services.ledger),
            InvoiceWork(store: store, ledger: services.ledger), Collector(services.engine), services.engine,
        ]
        for _ in 0..<20 {
            var count = 0
            for source in sources {
                count += await source.runDue(of: application.id, now: doors.clock.now(), waits: true)
            }
            guard count > 0 else { return }
        }
    }

    /// A key of another application on the same server.
    func makeStranger() async throws -> @Sendable (Method, String, String?) async -> Answer {
        try await Self.makeApplication(
            store, services.ledger.vault, key: "pk_test_other", secret: "sk_test_other", seed: 2)
        return { method, target, body in
            await self.send(
                self.request(method, "/api/v1" + target, body, key: "pk_test_other", secret: "sk_test_other"))
        }
    }
}
