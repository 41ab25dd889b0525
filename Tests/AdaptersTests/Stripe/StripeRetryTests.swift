import Billing
import HTTP
import Peers
import Runtime
import Simulation
import Testing

@testable import Gateways

/// Which answers are asked for once more, as Stripe tells by its header where it wants to.
@Suite struct StripeRetryTests {
    /// One scripted answer.
    struct Answer: Sendable {
        let status: Int
        let body: String
        let shouldRetry: String?

        init(_ status: Int, _ body: String, shouldRetry: String? = nil) {
            self.status = status
            self.body = body
            self.shouldRetry = shouldRetry
        }

        static func error(_ status: Int, _ code: String, shouldRetry: String? = nil) -> Answer {
            Answer(status, #"{"error":{"code":"\#(code)"}}"#, shouldRetry: shouldRetry)
        }

        static let paid = Answer(
            200, #"{"id":"pi_1","status":"succeeded","amount":9999,"amount_received":9999,"currency":"usd"}"#)
    }

    /// Carries a charge out against answers that come one after the other; how many were asked for.
    private static func charge(_ answers: [Answer]) throws -> (outcome: Outcome, count: Int) {
        let account = try StripeFixture.sealed.get()
        let vault = try StripeFixture.vault
        let address = IPAddress.v4(0x0a00_0005)
        let world = World(seed: 1)
        world.network.hosts = ["stripe.example": [address]]
        return try world.run { doors in
            let asked = Guarded(0)
            let server = PeerServer(doors: doors) { request in
                guard request.method == .post else { return .cut }
                let answer = asked.withLock { count in
                    defer { count += 1 }
                    return answers[min(count, answers.count - 1)]
                }
                let headers = answer.shouldRetry.map { [(name: "Stripe-Should-Retry", value: $0)] } ?? []
                return .answer(Response(status: answer.status, headers: headers, body: Array(answer.body.utf8)))
            }
            try server.start(on: .ip(address, port: 80))
            let line = GatewayLine(doors: doors, transport: nil, manners: StripeGateway.manners)
            let gateway = StripeGateway(vault: vault, line: line)
            let outcome = await gateway.charge(
                "cus_1/pm_1", StripeFixture.order(account: account), prepared: "pi_1", key: "c")
            return (outcome, asked.withLock { $0 })
        }
    }

    @Test(
        arguments: [
            ([.paid], 1), ([.error(429, "rate_limit"), .paid], 2), ([.error(429, "lock_timeout"), .paid], 2),
            ([.error(409, "idempotency_key_in_use"), .paid], 2), ([Answer(503, "", shouldRetry: "true"), .paid], 2),
            ([.error(500, "", shouldRetry: "true"), .paid], 2),
        ] as [([Answer], Int)])
    func `a call that was turned away is made once more`(answers: [Answer], count: Int) throws {
        let (outcome, asked) = try Self.charge(answers)
        #expect(outcome.charge != nil && asked == count)
    }

    @Test(
        arguments: [
            ([Answer(500, "")], 1), ([.error(500, "")], 1), ([Answer(502, "<html>")], 1), ([Answer(200, "<html>")], 1),
            ([Answer(200, "{}")], 1), ([Answer(403, "<html>")], 1), ([Answer(402, "{}")], 1), ([Answer(302, "")], 1),
            ([.error(429, "lock_timeout"), .error(429, "lock_timeout")], 2),
            ([.error(429, "lock_timeout"), .error(429, "rate_limit")], 2),
            ([.error(429, "lock_timeout"), .error(401, "")], 2),
            ([.error(409, "idempotency_key_in_use"), .error(409, "idempotency_key_in_use")], 2),
            ([.error(409, "idempotency_key_in_use", shouldRetry: "false"), .paid], 1),
            ([.error(429, "rate_limit"), .error(500, "")], 2),
            ([.error(500, "", shouldRetry: "true"), .error(429, "rate_limit")], 2),
            ([Answer(400, #"{"error":{"type":"idempotency_error"}}"#)], 1), ([.error(400, "a_code_of_tomorrow")], 1),
            ([.error(404, "resource_missing")], 1), ([.error(429, "a_code_of_tomorrow")], 1),
        ] as [([Answer], Int)])
    func `what proves nothing stays unknown`(answers: [Answer], count: Int) throws {
        let (outcome, asked) = try Self.charge(answers)
        #expect(outcome.isUnknown && asked == count)
    }

    @Test(
        arguments: [
            ([.error(429, "rate_limit"), .error(429, "rate_limit")], 2),
            ([.error(429, "rate_limit", shouldRetry: "false")], 1), ([.error(401, "")], 1), ([.error(403, "")], 1),
            ([.error(429, "rate_limit"), .error(401, "")], 2), ([.error(400, "parameter_missing")], 1),
            ([.error(400, "livemode_mismatch")], 1),
        ] as [([Answer], Int)])
    func `what was refused before anything was done is proven so`(answers: [Answer], count: Int) throws {
        let (outcome, asked) = try Self.charge(answers)
        guard case .notExecuted = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(asked == count)
    }

    @Test(arguments: ["succeeded", "processing"])
    func `a refusal that shows the money taken is not believed`(status: String) throws {
        let body =
            #"{"error":{"type":"card_error","decline_code":"insufficient_funds","payment_intent":{"status":"\#(status)"}}}"#
        #expect(try Self.charge([Answer(402, body)]).outcome.isUnknown)
    }
}
