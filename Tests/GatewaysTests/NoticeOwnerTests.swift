import Billing
import Fields
import Gateways
import Runtime
import Scenarios
import Storage
import Testing

/// Notices that name no payment of ours: their gateway tells whose they are.
@Suite struct NoticeOwnerTests {
    private static let body = Array(#"{"charge":{"billing_details":{"email":"ada@example.com"}}}"#.utf8)

    /// A notice as it was stored when nobody knew whose it is.
    private static func keep(_ story: EngineStory, disputed charge: String) async throws -> GatewayEventID {
        let (application, vault) = (story.node.application, story.node.ledger.vault)
        return try await story.node.store.transact(for: application) { transaction in
            var event = GatewayEvent()
            event.id = GatewayEventID(in: transaction, purpose: "gateway event")
            event.application = application
            event.gateway = "far_alpha"
            event.gatewayID = "evt_1"
            event.disputedCharge = charge
            event.receivedAt = transaction.now
            event.nextTryAt = transaction.now
            event.raw = vault.seal(body, for: event.id.description, in: transaction)
            transaction.put(event)
            transaction.announceWork(of: application)
            return event.id
        }
    }

    private static func event(_ story: EngineStory, _ id: GatewayEventID) throws -> GatewayEvent {
        try #require(try story.node.store.readSync { $0.get(GatewayEvent.self, Key(id)) })
    }

    @Test func `a gateway that does not tell whose a notice is is asked again`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.paid()
            let charge = try #require(story.alpha.taken.first?.reference)
            story.alpha.setFate { _, _ in .unsent }
            let id = try await Self.keep(story, disputed: charge)
            await story.wait(seconds: 20)
            #expect(try Self.event(story, id).status == .received)
            #expect(try !story.now(payment).isDisputed)
            story.alpha.setFate { _, _ in .answered(after: 0) }
            await story.wait(seconds: 60)
            #expect(try Self.event(story, id).status == .processed)
            #expect(try Self.event(story, id).payment == payment.hash)
            #expect(try story.now(payment).isDisputed)
        }
    }

    @Test func `a notice whose customer is learned later is forgotten with the customer`() throws {
        let story = try EngineStory()
        try story.run { story in
            let payment = try await story.paid()
            let charge = try #require(story.alpha.taken.first?.reference)
            let id = try await Self.keep(story, disputed: charge)
            await story.wait(seconds: 20)
            let event = try Self.event(story, id)
            #expect(event.customer == payment.customer)
            let node = story.node
            #expect(try node.store.readSync { node.inbound.body(of: event, in: $0) } == Self.body)
            let (ledger, application) = (node.ledger, node.application)
            try await node.store.transact(for: application) { transaction in
                _ = try Customers(ledger).forget(
                    payment.customer, application: try Applications.find(application, in: transaction), by: .system,
                    in: transaction)
            }
            #expect(try node.store.readSync { node.inbound.body(of: event, in: $0) } == nil)
        }
    }
}
