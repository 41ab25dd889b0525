import Billing
import HTTP
import JSON
import Runtime
import Simulation
import Storage
import Testing

@testable import API

@Suite struct CheckTests {
    @Test func `each check answers its own code, in the contract's order`() throws {
        try World(seed: 2).run { doors in
            let shop = try await Shop(doors)
            let path = "/api/v1/payments"
            // Each request is wrong in everything that comes after its own fault.
            let bare = Headers([("Content-Type", "text/plain")])
            func code(_ request: Request) async -> String? { await shop.send(request).code }
            #expect(
                await code(Request(method: .post, target: "/api/v1/nothing", headers: bare, body: [1])) == "not_found")
            let other = await shop.send(Request(method: .put, target: path, headers: bare, body: [1]))
            #expect(other.code == "method_not_allowed")
            #expect(other.header("Allow") == "POST, GET, HEAD")
            let large = [UInt8](repeating: 0x20, count: (1 << 20) + 1)
            #expect(await code(Request(method: .post, target: path, headers: bare, body: large)) == "payload_too_large")
            #expect(
                await code(Request(method: .post, target: path, headers: bare, body: [1])) == "unsupported_media_type")
            #expect(await code(Request(method: .post, target: path)) == "missing_credentials")
            #expect(
                await code(shop.request(.post, path, "x", key: "pk_unknown", timestamp: "1000"))
                    == "timestamp_out_of_range")
            #expect(await code(shop.request(.post, path, "x", key: "pk_unknown")) == "invalid_credentials")
            #expect(await code(shop.request(.post, path, "x", secret: "wrong")) == "invalid_credentials")
            #expect(await code(shop.request(.post, path, "x", idempotencyKey: "a b")) == "invalid_parameter")
            #expect(await code(shop.request(.post, path, "x")) == "invalid_json")
            #expect(await code(shop.request(.post, path, "")) == "body_required")
            #expect(await code(shop.request(.post, path, "[]")) == "body_required")
            #expect(
                await code(shop.request(.delete, "/api/v1/customers/cus_" + String(repeating: "0", count: 32)))
                    == "body_required")
            #expect(await code(shop.request(.get, path, "{}")) == "invalid_parameter")
            #expect(await code(shop.request(.get, "/api/v1/payments/xyz")) == "invalid_parameter")
            #expect(await code(shop.request(.post, path, "{}")) == "validation_failed")
        }
    }

    @Test func `a timestamp 300 seconds away is accepted, one further is not`() throws {
        try World(seed: 3).run { doors in
            let shop = try await Shop(doors)
            let now = doors.clock.now().seconds
            for (offset, status) in [(-299, 200), (300, 200), (-302, 401), (302, 401)] as [(Int64, Int)] {
                let answer = await shop.send(shop.request(.get, "/api/v1/payments", timestamp: "\(now + offset)"))
                #expect(answer.status == status, "\(offset)")
            }
            for text in ["", "x", "1e9", "-5", "\(now).", "\(now).1234567890", "99999999999999"] {
                let answer = await shop.send(shop.request(.get, "/api/v1/payments", timestamp: text))
                #expect(answer.status == 401, "\(text)")
            }
        }
    }

    @Test func `scopes, networks and the required signature version are enforced`() throws {
        try World(seed: 4).run { doors in
            let shop = try await Shop(doors)
            let vault = shop.services.ledger.vault
            try await Shop.makeApplication(shop.store, vault, key: "pk_limited", secret: "s", seed: 2) {
                application, key in
                application.requiresSignatureV2 = true
                key.scopes = [.read]
                key.allowedNetworks = ["10.0.0.0/8"]
            }
            let inside = SocketAddress.ip(.v4(0x0a01_0203), port: 1)
            func code(_ method: Method, version: Int, peer: SocketAddress) async -> String? {
                await shop.send(
                    shop.request(
                        method, "/api/v1/payments", method == .post ? "{}" : nil, key: "pk_limited", secret: "s",
                        version: version, peer: peer)
                ).code
            }
            #expect(await code(.get, version: 1, peer: inside) == "signature_version_required")
            #expect(await code(.get, version: 2, peer: .ip(.v4(0x7f00_0001), port: 1)) == "ip_not_allowed")
            #expect(await code(.post, version: 2, peer: inside) == "insufficient_scope")
            #expect(await code(.get, version: 2, peer: inside) == nil)
        }
    }

    @Test func `version 2 signs method and target too`() throws {
        try World(seed: 5).run { doors in
            let shop = try await Shop(doors)
            let good = shop.request(.get, "/api/v1/payments?limit=2", version: 2)
            #expect(await shop.send(good).status == 200)
            let moved = Request(method: .get, target: "/api/v1/payments?limit=3", headers: good.headers)
            #expect(await shop.send(moved).code == "invalid_credentials")
        }
    }

    @Test func `a rolled key signs with both secrets while they overlap, and a revoked one with none`() throws {
        try World(seed: 6).run { doors in
            let shop = try await Shop(doors)
            let vault = shop.services.ledger.vault
            let until = doors.clock.now().adding(seconds: 60)
            func change(_ body: @escaping @Sendable (inout APIKey, Transaction) -> Void) async throws {
                try await shop.store.transact { transaction in
                    guard var key = transaction.get(APIKey.self, Key(Shop.key)) else { return }
                    body(&key, transaction)
                    transaction.put(key)
                    transaction.notify(Topics.configuration)
                }
                shop.services.keys.expire()
            }
            func works(_ secret: String) async -> Bool {
                await shop.send(shop.request(.get, "/api/v1/gateways", secret: secret)).status == 200
            }
            #expect(await works(Shop.secret))
            try await change { key, transaction in
                key.previousSecret = key.secret
                key.previousUntil = until
                key.secret = vault.seal(Array("new".utf8), for: Shop.key, in: transaction)
            }
            #expect(await works(Shop.secret))
            #expect(await works("new"))
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 61))
            #expect(await !works(Shop.secret))
            #expect(await works("new"))
            try await change { key, _ in key.revokedAt = until }
            #expect(await !works("new"))
        }
    }

    @Test func `a key's requests beyond its limit are refused until tokens come back`() throws {
        try World(seed: 7).run { doors in
            var options = APIOptions()
            options.rateLimit = 10
            options.burst = 5
            let shop = try await Shop(doors, options: options)
            var codes: [Int] = []
            for _ in 0..<7 { codes.append(await shop.send(.get, "/gateways").status) }
            #expect(codes == [200, 200, 200, 200, 200, 429, 429])
            let refused = await shop.send(.post, "/payments", "{}")
            #expect(refused.code == "rate_limited")
            #expect(refused.header("Retry-After") == "1")
            #expect(refused.header("RateLimit-Limit") == "5")
            #expect(refused.header("RateLimit-Remaining") == "0")
            #expect(refused.header("RateLimit-Reset") == "1")
            await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 101))
            #expect(await shop.send(.get, "/gateways").status == 200)
        }
    }

    @Test func `unknown fields and query parameters are named, with every other fault`() throws {
        try World(seed: 8).run { doors in
            let shop = try await Shop(doors)
            let body = await shop.send(
                .post, "/payments",
                #"{"amount":true,"currency":"usd","colour":1,"customer_email":"no","metadata":{"a":1}}"#)
            #expect(body.status == 422)
            #expect(
                body.issues == [
                    "amount:invalid_type", "currency:invalid_currency", "description:required",
                    "customer_email:too_short", "metadata.a:invalid_type", "colour:unknown_field",
                ])
            let query = await shop.send(.get, "/payments?limit=0&colour=1&status=gone&limit=2")
            #expect(query.status == 400)
            #expect(query.code == "invalid_parameter")
            #expect(
                query.issues == [
                    "limit:duplicate", "status:unknown_value", "limit:out_of_range", "colour:unknown_field",
                ])
        }
    }

    @Test(arguments: [
        ("99.99", "USD", "99.99"), (#""99.99""#, "USD", "99.99"), ("1e2", "USD", "100.00"), ("10", "JPY", "10"),
        ("1.234", "KWD", "1.234"),
    ])
    func `an exact amount is kept to the last digit`(_ amount: String, _ currency: String, _ shown: String) throws {
        try World(seed: 9).run { doors in
            let shop = try await Shop(doors)
            let answer = await shop.send(
                .post, "/payments",
                #"{"amount":\#(amount),"currency":"\#(currency)","description":"x","customer_email":"a@b.co"}"#)
            #expect(answer.status == 201)
            #expect(answer["payment", "amount"]?.numberText == shown)
        }
    }

    @Test(arguments: [
        ("10.5", "JPY", "amount:too_precise"), ("99.999", "USD", "amount:too_precise"),
        ("1e30", "USD", "amount:out_of_range"), ("1000000000000", "USD", "amount:out_of_range"),
        ("0", "USD", "amount:out_of_range"), ("-1", "USD", "amount:out_of_range"),
        (#""1,5""#, "USD", "amount:invalid_type"),
    ])
    func `an amount that is not one is an issue`(_ amount: String, _ currency: String, _ issue: String) throws {
        try World(seed: 10).run { doors in
            let shop = try await Shop(doors)
            let answer = await shop.send(
                .post, "/payments",
                #"{"amount":\#(amount),"currency":"\#(currency)","description":"x","customer_email":"a@b.co"}"#)
            #expect(answer.status == 422)
            #expect(answer.issues == [issue])
        }
    }

    @Test func `every answer carries an id and the security headers`() throws {
        try World(seed: 11).run { doors in
            let shop = try await Shop(doors)
            var ids: Set<String> = []
            for target in ["/health", "/api/v1/payments", "/nothing"] {
                let answer = await shop.send(Request(method: .get, target: target))
                let id = try #require(answer.header("X-Request-Id"))
                #expect(id.hasPrefix("req_"))
                #expect(ids.insert(id).inserted)
                #expect(answer.header("Cache-Control") == "no-store")
                #expect(answer.header("X-Content-Type-Options") == "nosniff")
                if answer.status >= 400 { #expect(answer["error", "request_id"]?.text == id) }
            }
        }
    }
}
