import Fields
import Runtime
import Simulation
import Storage
import Testing

@testable import Billing

@Suite struct IndexBackfillTests {
    /// An event as a program wrote it that had no audit trail.
    private struct EarlierEvent: Entity {
        var event = Event()

        init() {}

        mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
            try event.visit(&visitor)
        }

        static let byID = Index<EarlierEvent>(1, isUnique: true)
        static var tableNumber: UInt8 { Tables.event }
        static var name: StaticString { "event" }
        var primaryKey: Key { event.primaryKey }
        func indexEntries(into entries: inout IndexEntries) { entries.add(Self.byID, Key(event.id)) }
    }

    private static func trail(_ world: LedgerWorld, _ subscription: SubscriptionID) throws -> [Int64] {
        try world.read { snapshot in
            var found: [Int64] = []
            snapshot.scan(Event.bySubscription, prefix: Key(subscription)) { event, _ in
                found.append(event.sequence)
                return true
            }
            return found
        }
    }

    @Test func `records that are older than an index are found through it after the start`() throws {
        let world = try LedgerWorld()
        let application = world.application.id
        let subscription = SubscriptionID(value: 7)
        try world.transact { transaction in
            transaction.delete(IndexEdition.self, Key(Int64(Tables.event)))
            transaction.delete(IndexEdition.self, Key(Int64(Tables.invoice)))
        }
        for batch in 0..<5 {
            try world.transact { transaction in
                for number in 1...90 {
                    var earlier = EarlierEvent()
                    earlier.event.sequence = Int64(1000 + batch * 90 + number)
                    earlier.event.id = EventID(in: transaction, purpose: "event")
                    earlier.event.application = application
                    earlier.event.createdAt = transaction.now
                    if number % 3 == 0 {
                        earlier.event.object = .subscription
                        earlier.event.objectID = subscription.description
                    } else if number % 3 == 1 {
                        var invoice = Invoice()
                        invoice.subscription = subscription
                        earlier.event.object = .invoice
                        earlier.event.data = Blob(RecordCodec.encode(invoice))
                    }
                    transaction.put(earlier)
                }
            }
        }
        #expect(try Self.trail(world, subscription) == [])
        let store = world.store
        let count = try world.world.run { _ in try await IndexBackfill.run(store) }
        #expect(count >= 450)
        let expected = (1001...1450).filter { ($0 - 1000) % 3 != 2 }.map { Int64($0) }
        #expect(try Self.trail(world, subscription) == expected)
        #expect(try world.world.run { _ in try await IndexBackfill.run(store) } == 0)
    }

    @Test func `a new store has nothing to fill`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        _ = try world.active("basic")
        let store = world.world.store
        #expect(try world.world.world.run { _ in try await IndexBackfill.run(store) } == 0)
    }
}
