import Billing
import Fields
import HTTP
import JSON
import Runtime
import Storage
import Testing
import Webhooks

@Suite struct WebhookEndpointsTests {
    private static func issues(_ mode: Mode, _ url: String, _ events: [String]) throws -> [String] {
        try Scene().run { scene in
            do {
                _ = try await scene.change { endpoints, transaction in
                    var application = Scene.application
                    application.mode = mode
                    var input = WebhookEndpointInput()
                    input.url = url
                    input.events = events
                    return try endpoints.create(input, application: application, by: .system, in: transaction)
                }
                return []
            } catch let refusal as Refusal {
                #expect(refusal.code == .validationFailed)
                return refusal.issues.map { "\($0.field) \($0.code)" }
            }
        }
    }

    @Test(
        arguments: [
            (.test, "http://receiver.example/", [], []),
            (.test, "http://127.0.0.1:9000/hook?x=1", ["*"], []),
            (.live, "https://receiver.example/", ["payment.completed", "refund.created"], []),
            (.live, "http://receiver.example/", [], ["url invalid_format"]),
            (.test, "ftp://receiver.example/", [], ["url invalid_format"]),
            (.test, "http://user:pass@receiver.example/", [], ["url invalid_format"]),
            (.test, "http://receiver.example/#part", [], ["url invalid_format"]),
            (.test, "http://0x7f.1/", [], ["url invalid_format"]),
            (.test, "", ["payment.nothing"], ["url invalid_format", "events[0] unknown_value"]),
            (.test, "http://a.example/", ["*", "webhook_endpoint.test"], ["events[1] unknown_value"]),
        ] as [(Mode, String, [String], [String])])
    func `URL and events are checked, all issues at once`(mode: Mode, url: String, events: [String], issues: [String])
        throws
    {
        #expect(try Self.issues(mode, url, events) == issues)
    }

    @Test func `an application has at most its limit of endpoints`() throws {
        try Scene().run { scene in
            var last: WebhookEndpointID?
            for _ in 0..<WebhookEndpoint.limit { last = try await scene.addEndpoint().id }
            await #expect(throws: Refusal.self) { try await scene.addEndpoint() }
            let id = try #require(last)
            _ = try await scene.change { try $0.delete(id, application: Scene.application, by: .system, in: $1) }
            _ = try await scene.addEndpoint()
            let listed = try await scene.store.read { scene.endpoints.list(of: Scene.application.id, in: $0) }
            #expect(listed.count == WebhookEndpoint.limit)
            #expect(listed.map(\.createdAt) == listed.map(\.createdAt).sorted())
            var other = Scene.application
            other.id = ApplicationID(value: 43)
            let stranger = other
            await #expect(throws: Refusal.notFound("webhook endpoint")) {
                try await scene.change {
                    try $0.delete(
                        listed[0].id, application: stranger, by: .system, in: $1)
                }
            }
        }
    }

    @Test func `a patch changes what it names`() throws {
        try Scene().run { scene in
            let endpoint = try await scene.addEndpoint(events: ["customer.created", "customer.created"])
            #expect(endpoint.events == ["customer.created"])
            let patched = try await scene.change { endpoints, transaction in
                var patch = WebhookEndpointPatch()
                patch.url = .set("http://other.example/new")
                patch.events = .set(["customer.updated"])
                patch.description = .set("New")
                return try endpoints.update(
                    endpoint.id, patch, application: Scene.application, by: .system, in: transaction)
            }
            #expect(patched.url == "http://other.example/new")
            #expect(patched.events == ["customer.updated"])
            #expect(patched.description == "New")
            #expect(patched.ordering == .relaxed)
            let id = try await scene.addCustomer("ada")
            try await scene.rename(id, "Ada")
            await scene.wait(seconds: 1)
            #expect(scene.inbox.letters.map(\.eventType) == ["customer.updated"])
            await #expect(throws: Refusal.self) {
                try await scene.change { endpoints, transaction in
                    var patch = WebhookEndpointPatch()
                    patch.url = .clear
                    return try endpoints.update(
                        endpoint.id, patch, application: Scene.application, by: .system, in: transaction)
                }
            }
        }
    }

    @Test func `a test goes to its endpoint alone, whatever the filter`() throws {
        try Scene().run { scene in
            let endpoint = try await scene.addEndpoint("http://receiver.example/", events: ["refund.created"])
            _ = try await scene.addEndpoint("http://other.example/")
            let delivery = try await scene.change {
                try $0.test(
                    endpoint.id, application: Scene.application, by: .system, in: $1)
            }
            #expect(delivery.eventType == .webhookEndpointTest)
            await scene.wait(seconds: 1)
            let letters = scene.inbox.letters
            #expect(letters.map(\.eventType) == ["webhook_endpoint.test"])
            #expect(letters.first?.host == "receiver.example")
            #expect(letters.first?.text.contains("whsec_") == false)
            #expect(try await scene.allDeliveries().count == 1)
        }
    }

    @Test func `health tells rate, latency and state`() throws {
        try Scene().run { scene in
            let endpoint = try await scene.addEndpoint()
            let look: @Sendable () async throws -> EndpointHealth = {
                try await scene.store.read {
                    try scene.endpoints.health(of: endpoint.id, application: Scene.application.id, in: $0)
                }
            }
            #expect(try await look().successRate == nil)
            scene.inbox.setAnswer { letter, doors in
                let isSlow = letter.text.contains("slow")
                await doors.scheduler.sleep(
                    until: doors.clock.instant().adding(milliseconds: isSlow ? 900 : 100))
                return Response(status: letter.text.contains("bad") ? 500 : 200)
            }
            for number in 0..<17 { _ = try await scene.addCustomer("c\(number)") }
            for number in 0..<2 { _ = try await scene.addCustomer("slow\(number)") }
            await scene.wait(seconds: 3)
            _ = try await scene.addCustomer("bad")
            await scene.wait(seconds: 2)
            let health = try await look()
            #expect(health.deliveries == 20)
            #expect(health.delivered == 19)
            #expect(health.waiting == 1)
            #expect(health.tries == 20)
            #expect(health.successRate == 95)
            #expect((100...110).contains(try #require(health.medianMilliseconds)))
            #expect((900...910).contains(try #require(health.percentile95Milliseconds)))
            #expect(health.consecutiveFailures == 1)
            #expect(health.state == .failing)
            #expect(health.lastSuccessAt != nil)
        }
    }

    @Test func `every change has its audit entry`() throws {
        try Scene().run { scene in
            let endpoint = try await scene.addEndpoint()
            let application = Scene.application
            _ = try await scene.change {
                try $0.rotateSecret(endpoint.id, application: application, by: .system, in: $1)
            }
            _ = try await scene.change { try $0.test(endpoint.id, application: application, by: .system, in: $1) }
            scene.inbox.setStatus(410)
            await scene.wait(seconds: 1)
            _ = try await scene.change { try $0.enable(endpoint.id, application: application, by: .system, in: $1) }
            _ = try await scene.change { try $0.delete(endpoint.id, application: application, by: .system, in: $1) }
            let actions = try await scene.store.read { snapshot in
                var actions: [String] = []
                snapshot.scan(AuditEntry.self) { entry, _ in
                    actions.append(entry.action)
                    return true
                }
                return actions
            }
            #expect(
                actions
                    == ["create", "rotate_secret", "test", "disable", "enable", "delete"].map {
                        "webhook_endpoint." + $0
                    })
        }
    }

    @Test func `deliveries are listed by endpoint, event and status, page by page`() throws {
        try Scene().run { scene in
            let endpoint = try await scene.addEndpoint()
            let other = try await scene.addEndpoint("http://nowhere.example/")
            for number in 0..<5 { _ = try await scene.addCustomer("c\(number)") }
            await scene.wait(seconds: 1)
            let event = try #require(try await scene.events().first)
            try await scene.store.read { snapshot in
                func all(_ filter: DeliveryFilter, _ order: ScanOrder) -> [Delivery] {
                    var rows: [Delivery] = []
                    var cursor: Key?
                    repeat {
                        let page = scene.deliveries.list(
                            filter, of: Scene.application.id, after: cursor, order: order, limit: 2, in: snapshot)
                        #expect(page.deliveries.count <= 2)
                        rows += page.deliveries
                        cursor = page.next
                    } while cursor != nil
                    return rows
                }
                let newestFirst = all(DeliveryFilter(), .descending)
                #expect(newestFirst.count == 10)
                #expect(newestFirst == all(DeliveryFilter(), .ascending).reversed())
                #expect(all(DeliveryFilter(endpoint: endpoint.id), .descending).count == 5)
                #expect(all(DeliveryFilter(endpoint: other.id, status: .retrying), .descending).count == 5)
                #expect(all(DeliveryFilter(status: .delivered), .descending).count == 5)
                #expect(all(DeliveryFilter(event: event.id), .descending).count == 2)
                #expect(all(DeliveryFilter(endpoint: endpoint.id, event: event.id), .descending).count == 1)
                let one = newestFirst[0]
                let found = try scene.deliveries.find(one.id, application: Scene.application.id, in: snapshot)
                #expect(found == one)
                #expect(throws: Refusal.notFound("delivery")) {
                    try scene.deliveries.find(one.id, application: ApplicationID(value: 43), in: snapshot)
                }
            }
        }
    }

    @Test func `an input is read from JSON, a patch too`() throws {
        func issues<Value: Record>(_: Value.Type, _ text: String) throws -> [String] {
            var issues = InputIssues()
            _ = Value.read(try JSON.parse(Array(text.utf8)), &issues, .any)
            return issues.issues.map { "\($0.field) \($0.code)" }
        }
        #expect(try issues(WebhookEndpointInput.self, #"{"url":"https://a.example/"}"#) == [])
        #expect(try issues(WebhookEndpointInput.self, #"{"events":[]}"#) == ["url required", "events too_short"])
        #expect(
            try issues(WebhookEndpointInput.self, #"{"url":"https://a.example/","ordering":"lax","x":1}"#)
                == ["ordering unknown_value", "x unknown_field"])
        #expect(try issues(WebhookEndpointPatch.self, #"{"description":null,"ordering":"strict"}"#) == [])
    }
}
