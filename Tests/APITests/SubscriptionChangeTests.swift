import Billing
import Bytes
import Gateways
import HTTP
import JSON
import Runtime
import Simulation
import Synchronization
import Testing

@testable import API

/// Changes of plan, of what is not billed now, and of the card.
@Suite struct SubscriptionChangeTests {
    @Test func `a change that is paid at once takes effect at once`() throws {
        try World.newYear(seed: 80).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let path = try shop.path(try await shop.subscribe())
            await shop.wait(days: 10)
            let body = #"{"plan_id":"plan_business_monthly"}"#
            let shown = await shop.send(.post, path + "/change-plan/preview", body)
            #expect(shown.status == 200)
            #expect(shown["preview", "amount_due"]?.numberText == "13.54")
            #expect(shown["preview", "lines"]?.items.map { $0["amount"]?.numberText } == ["-20.32", "33.86"])
            let token = try #require(shown["preview", "preview_token"]?.text)
            let changed = await shop.send(
                .post, path + "/change-plan",
                #"{"plan_id":"plan_business_monthly","preview_token":"\#(token)"}"#)
            #expect(changed.status == 200)
            #expect(changed["subscription", "plan", "id"]?.text == "plan_business_monthly")
            #expect(changed["subscription", "pending_change"] == .null)
            #expect(changed["invoice", "status"]?.text == "paid")
            #expect(changed["invoice", "total"] == shown["preview", "total"])
            #expect(shop.gateway.charged.withLock { $0.count } == 2)
            let again = await shop.send(
                .post, path + "/change-plan",
                #"{"plan_id":"plan_business_monthly","preview_token":"\#(token)"}"#)
            #expect(again.status == 422 || again.code == "invalid_state")
        }
    }

    @Test func `a declined change answers the decline and changes nothing`() throws {
        try World.newYear(seed: 81).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let path = try shop.path(try await shop.subscribe())
            let (_, poor) = try await shop.saveMethod(FakeGateway.poorToken)
            _ = await shop.send(.patch, path, #"{"payment_method_id":"\#(poor)"}"#)
            let before = await shop.send(.get, path)
            await shop.wait(days: 10)
            let body = #"{"plan_id":"plan_business_monthly"}"#
            let declined = await shop.send(.post, path + "/change-plan", body, idempotencyKey: "up")
            #expect(declined.status == 402)
            #expect(declined.code == "payment_declined")
            #expect(declined.issues == ["payment_method_id:insufficient_funds"])
            let after = await shop.send(.get, path)
            for name in ["status", "plan", "quantity", "pending_change", "current_period_end"] {
                #expect(after["subscription", name] == before["subscription", name], "\(name)")
            }
            let again = await shop.send(.post, path + "/change-plan", body, idempotencyKey: "up")
            #expect(again.status == 402)
            #expect(again.header("Idempotent-Replayed") == "true")
            await shop.runDue()
            #expect(shop.gateway.chargeCount.load(ordering: .relaxed) == 2)
            let list = await shop.send(.get, path + "/invoices")
            #expect(list["invoices"]?.items.map { $0["status"]?.text } == ["void", "paid"])
        }
    }

    @Test func `without a card a change waits for its invoice to be paid`() throws {
        try World.newYear(seed: 82).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let made = try await shop.subscribe()
            let path = try shop.path(made)
            let (engine, application) = (shop.services.engine, shop.application)
            let customer = try #require(CustomerID(made["subscription", "customer", "id"]?.text ?? ""))
            let method = try #require(PaymentMethodID(made["subscription", "payment_method", "id"]?.text ?? ""))
            try await engine.removeMethod(method, of: customer, application: application.id, by: .system)
            await shop.wait(days: 10)
            let changed = await shop.send(.post, path + "/change-plan", #"{"quantity":2}"#)
            #expect(changed.status == 200)
            #expect(changed["subscription", "quantity"]?.numberText == "1")
            #expect(changed["subscription", "pending_change", "quantity"]?.numberText == "2")
            #expect(changed["subscription", "pending_change", "invoice_id"] == changed["invoice", "id"])
            #expect(changed["subscription", "payment_setup_url"] != .null)
            #expect(changed["invoice", "status"]?.text == "open")
            for act in ["change-plan", "change-plan/preview"] {
                let refused = await shop.send(.post, path + "/" + act, #"{"quantity":3}"#)
                #expect(refused.code == "invoice_open", "\(act)")
            }
            #expect(await shop.send(.patch, path, #"{"quantity":3}"#).code == "invoice_open")
            #expect(await shop.send(.post, path + "/pause", "{}").code == "invoice_open")
        }
    }

    @Test func `a change whose charge was interrupted is answered as it stands, with its decline`() throws {
        try World.newYear(seed: 83).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let path = try shop.path(try await shop.subscribe())
            let (_, poor) = try await shop.saveMethod(FakeGateway.poorToken)
            _ = await shop.send(.patch, path, #"{"payment_method_id":"\#(poor)"}"#)
            await shop.wait(days: 10)
            shop.gateway.chargeMilliseconds.store(30_000, ordering: .relaxed)
            let body = #"{"plan_id":"plan_business_monthly"}"#
            let slow = await shop.send(.post, path + "/change-plan", body, idempotencyKey: "up")
            #expect(slow.status == 200)
            #expect(slow["subscription", "pending_change", "plan", "id"]?.text == "plan_business_monthly")
            #expect(slow["invoice", "payment_status"]?.text == "processing")
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 30))
            let later = await shop.send(.post, path + "/change-plan", body, idempotencyKey: "up")
            #expect(later.code == "payment_declined")
            #expect(await shop.send(.get, path)["subscription", "pending_change"] == .null)
        }
    }

    @Test func `a change at the end of the period is scheduled and withdrawn`() throws {
        try World.newYear(seed: 84).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let path = try shop.path(try await shop.subscribe())
            let later = await shop.send(
                .post, path + "/change-plan", #"{"plan_id":"plan_business_monthly","effective":"period_end"}"#)
            #expect(later["subscription", "pending_change", "effective"]?.text == "period_end")
            #expect(later["invoice"] == .null)
            let back = await shop.send(
                .post, path + "/change-plan", #"{"plan_id":"plan_premium_monthly","effective":"period_end"}"#)
            #expect(back["subscription", "pending_change"] == .null)
            let patched = await shop.send(.patch, path, #"{"quantity":4,"metadata":{"team":"blue"}}"#)
            #expect(patched.status == 200)
            #expect(patched["subscription", "quantity"]?.numberText == "1")
            #expect(patched["subscription", "pending_change", "quantity"]?.numberText == "4")
            #expect(patched["subscription", "metadata", "team"]?.text == "blue")
            let sent = await shop.send(.patch, path, #"{"collection":"send_invoice","metadata":null}"#)
            #expect(sent["subscription", "collection"]?.text == "send_invoice")
            #expect(sent["subscription", "metadata"] == .object(JSONObject()))
        }
    }

    @Test func `what a change cannot be is named`() throws {
        try World.newYear(seed: 85).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let path = try shop.path(try await shop.subscribe())
            let change = path + "/change-plan"
            func issues(_ body: String) async -> [String] { await shop.send(.post, change, body).issues }
            #expect(await issues("{}") == ["plan_id:unchanged"])
            #expect(await issues(#"{"plan_id":"plan_none"}"#) == ["plan_id:not_found"])
            #expect(await issues(#"{"quantity":2,"preview_token":"x"}"#) == ["preview_token:invalid_format"])
            #expect(
                Set(
                    await issues(#"{"quantity":0,"effective":"soon","proration":"half","x":1}"#).map {
                        $0.prefix { $0 != ":" }
                    })
                    == ["quantity", "effective", "proration", "x"])
            #expect(
                await issues(#"{"quantity":2,"effective":"period_end","proration":"invoice_now"}"#)
                    == ["proration:conflict"])
            #expect(await shop.send(.patch, path, #"{"payment_method_id":"pm_x"}"#).status == 422)
            let missing = #"{"payment_method_id":"\#(PaymentMethodID.none)"}"#
            #expect(await shop.send(.patch, path, missing).issues == ["payment_method_id:not_found"])
            let incomplete = try shop.path(try await shop.subscribe(nil, email: "eve@example.com"))
            let refused = await shop.send(.post, incomplete + "/change-plan", #"{"quantity":2}"#)
            #expect(refused.code == "invalid_state")
            let message = refused["error", "message"]?.text ?? ""
            #expect(message.contains("incomplete") && message.contains("active"))
            // A preview holds for what it showed alone.
            let shown = await shop.send(.post, change + "/preview", #"{"quantity":2}"#)
            let token = shown["preview", "preview_token"]?.text ?? ""
            let other = await shop.send(.post, change, #"{"quantity":3,"preview_token":"\#(token)"}"#)
            #expect(other.code == "invalid_state")
            #expect(shop.gateway.charged.withLock { $0.count } == 1)
        }
    }

    @Test func `a link takes a card for the subscription`() throws {
        try World.newYear(seed: 86).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let path = try shop.path(try await shop.subscribe())
            let link = await shop.send(
                .post, path + "/payment-method", #"{"return_url":"https://shop.example/account"}"#)
            #expect(link.status == 200)
            let url = try #require(link["payment_setup_url"]?.text)
            #expect(url.hasPrefix("https://pay.example/setup/"))
            #expect(link["expires_at"]?.text == "2025-01-02T12:00:00Z")
            #expect(link["subscription", "id"]?.text == path.split(separator: "/").last.map(String.init))
            let token = try #require(Hex.decode(String(url.dropFirst("https://pay.example/setup/".count))))
            let visit = try #require(try await shop.services.engine.setup(token))
            #expect(visit.subscription?.status == .active)
            #expect(visit.setup.flow.returnURL == "https://shop.example/account")
            #expect(visit.setup.isOpen(now: doors.clock.now()))
            #expect(await shop.send(.post, path + "/payment-method", "{}")["payment_setup_url"]?.text != url)
            #expect(
                await shop.send(.post, path + "/payment-method", #"{"return_url":"home"}"#).issues.first?
                    .hasPrefix("return_url:") == true)
            _ = await shop.send(.post, path + "/cancel", #"{"at_period_end":false}"#)
            let refused = await shop.send(.post, path + "/payment-method", "{}")
            #expect(refused.code == "invalid_state")
            #expect(refused["error", "message"]?.text?.contains("cancelled") == true)
        }
    }
}
