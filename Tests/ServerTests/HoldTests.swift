import Billing
import Fields
import Gateways
import Runtime
import Scenarios
import Simulation
import Storage
import Testing

/// Servers that come back changed: what leaves them for live applications, before and after the release.
@Suite struct HoldTests {
    private static let start = Timestamp(seconds: 1_736_899_200)  // 2025-01-15
    private static let day: Int64 = 86_400

    /// What a store holds and its gateway was asked, after some time.
    private struct Sight: Equatable {
        var hold: HoldReason?
        var invoices: [InvoiceStatus] = []
        var chargeCount = 0
        /// Webhooks that arrived in this stretch.
        var deliveryCount = 0
    }

    /// The gateway, which goes on whatever becomes of the server.
    private let books = FarBooks("far_gamma")

    /// A live application whose customer has a card on file and a monthly subscription that is paid.
    private func shop(_ signs: HoldSigns?, mode: Mode = .live) throws -> DiskImage {
        let world = world(DiskImage(), Self.start)
        let node = try ServerNode(
            world, far: [books], receiver: Receiver(), usesSandbox: false, mode: mode, hold: signs)
        let (ledger, id) = (node.ledger, node.application)
        try world.run { _ in
            try await node.store.transact { transaction in
                let application = try Applications.find(id, in: transaction)
                var plan = PlanInput()
                plan.id = "monthly"
                plan.name = "Monthly"
                plan.price = .minor(1000)
                plan.currency = .usd
                plan.billingCycle = .monthly
                _ = try Plans(ledger).create(plan, application: application, by: .system, in: transaction)
                let customer = Customers(ledger).findOrCreate(
                    email: "ada@example.com", name: nil, application: application, by: .system, in: transaction)
                let saved = SavedMethod(
                    token: FarBooks.goodToken, summary: MethodSummary(type: "card", last4: "4242"))
                _ = PaymentMethods(ledger).keep(
                    saved, of: customer.id, gateway: "far_gamma", mode: mode, becomesDefault: true, by: .buyer,
                    in: transaction)
                var input = SubscriptionInput()
                input.customerID = customer.id
                input.plan = "monthly"
                _ = try Subscriptions(ledger).create(
                    input, application: application, by: .system, in: transaction)
            }
            await node.wait(milliseconds: 60_000)
            #expect(try sight(node).invoices == [.paid])
        }
        return world.disk.crashImage(.keepAll)
    }

    private func world(_ disk: DiskImage, _ now: Timestamp) -> World {
        var options = WorldOptions()
        options.startTime = now
        options.network = .plain
        return World(seed: 5, options: options, disk: disk)
    }

    private func sight(_ node: ServerNode, _ receiver: Receiver? = nil) throws -> Sight {
        var sight = Sight()
        try node.store.readSync { snapshot in
            sight.hold = Holds.current(in: snapshot)?.reason
            var invoices: [Invoice] = []
            snapshot.scan(Invoice.self) { invoice, _ in
                invoices.append(invoice)
                return true
            }
            // In the order of their periods.
            invoices.sort { ($0.periodStart?.milliseconds ?? 0) < ($1.periodStart?.milliseconds ?? 0) }
            sight.invoices = invoices.map(\.status)
        }
        sight.chargeCount = books.taken.count
        sight.deliveryCount = receiver?.accepted.count ?? 0
        return sight
    }

    /// What a server sees that begins with the signs after some days.
    private func comeBack(
        _ disk: DiskImage, days: Int64, _ signs: HoldSigns?,
        then act: (ServerNode, Receiver) throws -> Void = { _, _ in }
    ) throws -> Sight {
        let world = world(disk, Self.start.adding(seconds: days * Self.day + 600))
        let receiver = Receiver()
        let node = try ServerNode(world, far: [books], receiver: receiver, usesSandbox: false, hold: signs)
        try world.run { _ in await node.wait(milliseconds: 60_000) }
        let seen = try sight(node, receiver)
        try act(node, receiver)
        return seen
    }

    @Test func `after a long stop nothing leaves until the release; then each missed period is invoiced once`() throws {
        let disk = try shop(HoldSigns(machine: "one"))
        let held = try comeBack(disk, days: 95, HoldSigns(machine: "one")) { node, receiver in
            try node.world.run { _ in
                await #expect(throws: Refusal.self) { try await node.createPayment() }
                // The hold is durable, and lives through another start.
                #expect(try node.store.readSync { Holds.current(in: $0)?.detail.contains("Nobody served") } == true)
                let holds = Holds(node.ledger)
                let released = try await node.store.transact { try holds.release(by: .system, in: $0) }
                #expect(released.reason == .clockJumped)
                await node.wait(milliseconds: 120_000)
                _ = try await node.createPayment()
            }
            let after = try sight(node, receiver)
            #expect(after.hold == nil)
            // The first was paid before; of the three missed only the newest is charged by itself.
            #expect(after.invoices == [.paid, .open, .open, .paid])
            #expect(after.chargeCount == 2)
            #expect(after.deliveryCount > 0)
        }
        #expect(held == Sight(hold: .clockJumped, invoices: [.paid], chargeCount: 1, deliveryCount: 0))
    }

    @Test(arguments: [
        (HoldSigns(machine: "two"), HoldReason?.some(.machineChanged)),
        (HoldSigns(machine: "one", restoredAt: "2025-01-16T00:00:00Z"), .restored),
        (HoldSigns(machine: "one"), nil), (HoldSigns(machine: ""), nil),
    ])
    func `another machine and a restore are held, an hour's stop is not`(signs: HoldSigns, reason: HoldReason?) throws {
        let disk = try shop(HoldSigns(machine: "one"))
        #expect(try comeBack(disk, days: 0, signs).hold == reason)
    }

    @Test func `a clock that was set back by days is held`() throws {
        let disk = try shop(HoldSigns(machine: "one"))
        #expect(try comeBack(disk, days: -3, HoldSigns(machine: "one")).hold == .clockJumped)
    }

    @Test func `test applications go on by themselves`() throws {
        let test = try comeBack(shop(HoldSigns(machine: "one"), mode: .test), days: 35, HoldSigns(machine: "two"))
        #expect(test == Sight(hold: nil, invoices: [.paid, .paid], chargeCount: 2, deliveryCount: test.deliveryCount))
        #expect(test.deliveryCount > 0)
    }

    @Test func `where nobody watches, live applications go on by themselves`() throws {
        let live = try comeBack(shop(nil), days: 35, nil)
        #expect(live == Sight(hold: nil, invoices: [.paid, .paid], chargeCount: 2, deliveryCount: live.deliveryCount))
    }

    @Test func `while held, a refund that was asked for before waits, and none can be asked for`() throws {
        let disk = try shop(HoldSigns(machine: "one"))
        _ = try comeBack(disk, days: 0, HoldSigns(machine: "two")) { node, _ in
            let payment = try #require(try node.payments().first)
            try node.world.run { _ in
                await #expect(throws: Refusal.self) {
                    try await node.engine.refund(
                        payment.hash, application: node.application, amount: nil, reason: nil, by: .system)
                }
            }
            #expect(try node.payment(payment.hash).refunds.isEmpty)
        }
    }
}
