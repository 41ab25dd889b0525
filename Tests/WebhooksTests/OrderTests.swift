import Billing
import Fields
import HTTP
import Runtime
import Storage
import Testing
import Webhooks

@Suite struct OrderTests {
    /// `object_sequence` and try of each letter, such as `2/1`.
    private static func trail(_ letters: [Inbox.Letter]) -> [String] {
        letters.map { letter in
            let mark = #""object_sequence":"#
            let rest = letter.text.split(separator: mark, maxSplits: 1).last ?? ""
            return "\(rest.prefix { $0.isNumber })/\(letter.attempt)"
        }
    }

    @Test func `later events wait for the first try of earlier ones`() throws {
        try Scene().run { scene in
            _ = try await scene.addEndpoint()
            scene.inbox.setAnswer { letter, doors in
                await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 500))
                return Response(status: letter.attempt == "1" ? 500 : 200)
            }
            let id = try await scene.addCustomer("ada")
            try await scene.rename(id, "Ada L.")
            try await scene.rename(id, "Ada Lovelace")
            #expect(try await scene.allDeliveries().dropFirst().map(\.status) == [.held, .held])
            await scene.wait(seconds: 3)
            #expect(Self.trail(scene.inbox.letters) == ["1/1", "2/1", "3/1"])
            await scene.wait(seconds: 10)
            #expect(try await scene.allDeliveries().map(\.status) == [.delivered, .delivered, .delivered])
            #expect(scene.inbox.letters.count == 6)
        }
    }

    @Test func `at a strict endpoint they wait for success`() throws {
        try Scene().run { scene in
            _ = try await scene.addEndpoint(ordering: .strict)
            scene.inbox.setAnswer { letter, _ in Response(status: letter.attempt == "3" ? 200 : 500) }
            let id = try await scene.addCustomer("ada")
            try await scene.rename(id, "Ada L.")
            _ = try await scene.addCustomer("bob")
            await scene.wait(seconds: 150)
            let letters = scene.inbox.letters.filter { !$0.text.contains("bob") }
            #expect(Self.trail(letters) == ["1/1", "1/2", "1/3", "2/1", "2/2", "2/3"])
            let bob = try #require(scene.inbox.letters.first { $0.text.contains("bob") })
            #expect(bob.at < letters[1].at)
        }
    }

    @Test func `at a strict endpoint exhaustion lets the next one go`() throws {
        try Scene(isManual: true).run { scene in
            _ = try await scene.addEndpoint(ordering: .strict)
            scene.inbox.setAnswer { letter, _ in Response(status: letter.eventType == "customer.created" ? 500 : 200) }
            let id = try await scene.addCustomer("ada")
            try await scene.rename(id, "Ada L.")
            await scene.wait(seconds: 5 * 86_400)
            #expect(try await scene.allDeliveries().map(\.status) == [.failed, .delivered])
            #expect(Self.trail(scene.inbox.letters) == (1...10).map { "1/\($0)" } + ["2/1"])
        }
    }

    @Test func `an endpoint that is no longer strict lets the waiting ones go`() throws {
        try Scene().run { scene in
            let endpoint = try await scene.addEndpoint(ordering: .strict)
            scene.inbox.setStatus(500)
            let id = try await scene.addCustomer("ada")
            try await scene.rename(id, "Ada L.")
            await scene.wait(seconds: 1)
            #expect(try await scene.allDeliveries().map(\.status) == [.retrying, .held])
            _ = try await scene.change { endpoints, transaction in
                var patch = WebhookEndpointPatch()
                patch.ordering = .set(.relaxed)
                return try endpoints.update(
                    endpoint.id, patch, application: Scene.application, by: .system, in: transaction)
            }
            await scene.wait(seconds: 1)
            #expect(Self.trail(scene.inbox.letters) == ["1/1", "2/1"])
        }
    }

    @Test func `events that came while an endpoint was disabled are sent when it is enabled, in order, each once`()
        throws
    {
        try Scene().run { scene in
            let endpoint = try await scene.addEndpoint()
            scene.inbox.setStatus(410)
            let first = try await scene.addCustomer("first")
            await scene.wait(seconds: 1)
            let disabled = try await scene.endpoint(endpoint.id)
            #expect(disabled.state == .disabled)
            #expect(disabled.disabledReason == "The receiver answered 410 Gone.")
            #expect(scene.inbox.letters.count == 1)

            // More than one batch, some objects with several events.
            for number in 0..<70 { _ = try await scene.addCustomer("c\(number)") }
            for number in 0..<5 { try await scene.rename(first, "name \(number)") }
            await scene.wait(seconds: 3600)
            #expect(scene.inbox.letters.count == 1)
            let held = try await scene.allDeliveries()
            #expect(held.count == 77)
            #expect(held.allSatisfy { $0.status == .held && $0.nextTryAt == nil })
            await #expect(throws: Refusal.self) {
                try await scene.change {
                    try $0.test(
                        endpoint.id, application: Scene.application, by: .system, in: $1)
                }
            }

            scene.inbox.setStatus(200)
            let enabled = try await scene.change {
                try $0.enable(
                    endpoint.id, application: Scene.application, by: .system, in: $1)
            }
            #expect(enabled.state == .delivering)
            await scene.wait(seconds: 60)
            let all = try await scene.allDeliveries()
            #expect(all.allSatisfy { $0.status == .delivered })
            let letters = scene.inbox.letters.dropFirst()
            #expect(letters.count == 77)
            #expect(Set(letters.map(\.eventID)).count == 77)
            let renamed = letters.filter { $0.eventType == "customer.updated" }
            #expect(Self.trail(Array(renamed)) == (2...6).map { "\($0)/1" })
            #expect(try await scene.endpoint(endpoint.id).backlogSince == nil)
        }
    }

    @Test func `no endpoint has more than four calls at once, and a slow one holds up no other`() throws {
        try Scene().run { scene in
            let slow = try await scene.addEndpoint("http://receiver.example/slow")
            _ = try await scene.addEndpoint("http://other.example/quick")
            let calls = Guarded((now: 0, most: 0))
            scene.inbox.setAnswer { letter, doors in
                guard letter.host == "receiver.example" else { return Response(status: 200) }
                calls.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 10))
                calls.withLock { $0.now -= 1 }
                return Response(status: 200)
            }
            for number in 0..<40 { _ = try await scene.addCustomer("c\(number)") }
            await scene.wait(seconds: 2)
            #expect(scene.inbox.letters.count { $0.host == "other.example" } == 40)
            await scene.wait(seconds: 110)
            #expect(scene.inbox.letters.count { $0.host == "receiver.example" } == 40)
            #expect(calls.withLock { $0.most } == 4)
            #expect(try await scene.allDeliveries(to: slow.id).allSatisfy { $0.status == .delivered && $0.tries == 1 })
        }
    }
}
