import Billing
import Fields
import Gateways
import Runtime
import Simulation
import Storage

/// Years of subscriptions lived through from one seed: a merchant and customers act at random on a clock of their own,
/// gateways and receivers fail at random, the machine crashes at random; after each leap of time the books are looked at.
package final class BillingRun {
    /// What came of a run.
    package struct Report: Sendable, Equatable {
        /// The fingerprint of everything that happened, in every world.
        package var trace: UInt64 = 0
        /// What is wrong, a sentence each.
        package var findings: [String] = []
        package var crashCount = 0
        package var subscriptionCount = 0
        package var invoiceCount = 0
        package var chargeCount = 0
        package var eventCount = 0
        package var leapCount = 0
        package var dueItemCount = 0
        /// Things that were due by the history alone, each of which happened once.
        package var onceCount = 0

        package init() {}

        /// Adds the counts of another run, and mixes its fingerprint in.
        package mutating func add(_ other: Report) {
            trace = (trace ^ other.trace) &* 0x9e37_79b9_7f4a_7c15
            crashCount += other.crashCount
            subscriptionCount += other.subscriptionCount
            invoiceCount += other.invoiceCount
            chargeCount += other.chargeCount
            eventCount += other.eventCount
            leapCount += other.leapCount
            dueItemCount += other.dueItemCount
            onceCount += other.onceCount
        }

        /// The counts in one line.
        package var summary: String {
            "\(crashCount) crashes, \(subscriptionCount) subscriptions, \(invoiceCount) invoices, "
                + "\(chargeCount) charges, \(eventCount) events, \(dueItemCount) due items in \(leapCount) leaps, "
                + "\(onceCount) once each by the history, "
                + "trace \(String(trace, radix: 16))"
        }
    }

    package let seed: UInt64
    private let days: Int
    private let epochCount: Int
    private var dice: Dice
    private let receiver = Receiver()
    private let journal = BillingJournal()
    private var report = Report()

    private static let start = Timestamp(seconds: 1_735_689_600)  // 2025-01-01

    /// - Parameters:
    ///   - days: How long the merchant lives.
    ///   - epochCount: Stretches of time with a crash after each.
    package init(seed: UInt64, days: Int = 730, epochCount: Int = 4) {
        self.seed = seed
        self.days = days
        self.epochCount = epochCount
        dice = Dice(seed: seed)
    }

    /// Lives it through.
    package func run() throws -> Report {
        var disk = DiskImage()
        var now = Timestamp(seconds: 1_790_000_000)
        let end = Self.start.adding(seconds: Int64(days) * 86_400)
        for epoch in 1...max(1, epochCount) {
            scriptReceiver()
            let world = world(disk, now, epoch)
            let node = try ServerNode(world, receiver: receiver)
            if epoch == 1 { try open(node) }
            let actor = BillingActor(node, seed: dice.next(), journal)
            world.doors.scheduler.spawn(on: 0) { await actor.live(until: end) }
            try world.run(milliseconds: 50 + dice.roll(6000))
            close(world)
            disk = world.disk.crashImage(dice.chance(70) ? .seeded(dice.next()) : .loseAll)
            now = world.clock.now().adding(milliseconds: Int64(dice.roll(20_000)))
            report.crashCount += 1
        }
        try settle(disk, now, until: end)
        return report
    }

    private func world(_ disk: DiskImage, _ now: Timestamp, _ epoch: Int) -> World {
        var options = WorldOptions()
        options.startTime = now
        options.network = .plain
        return World(seed: seed &* 1_000_003 &+ UInt64(epoch), options: options, disk: disk)
    }

    private func close(_ world: World) {
        report.trace = (report.trace ^ world.traceHash) &* 0x9e37_79b9_7f4a_7c15
    }

    private func scriptReceiver() {
        let failures = [0, 5, 30][dice.roll(3)]
        let fates = Guarded(Dice(seed: dice.next()))
        receiver.setAnswer { _ in
            fates.withLock { dice in (dice.chance(failures) ? [500, 503, 404][dice.roll(3)] : 200, 0) }
        }
    }

    /// Sets the clock, makes the plans, and the control: a subscription that nobody touches, with a good card.
    private func open(_ node: ServerNode) throws {
        let (ledger, id) = (node.ledger, node.application)
        let start = Self.start
        let course = AfterDunning.allCases[dice.roll(AfterDunning.allCases.count)]
        try node.world.run { _ in
            let token = try await node.store.transact { transaction -> [UInt8] in
                let application = try Applications.find(id, in: transaction)
                var settled = application
                settled.billing.afterDunning = course
                transaction.put(settled)
                _ = try TestClocks(ledger).freeze(application, at: start, by: .system, in: transaction)
                for (number, plan) in (BillingActor.plans + [BillingActor.controlPlan]).enumerated() {
                    var input = PlanInput()
                    input.id = plan
                    input.name = plan
                    input.price = .minor(Int64(number + 1) * 997)
                    input.currency = .usd
                    input.billingCycle = BillingCycle(rawValue: plan) ?? .monthly
                    _ = try Plans(ledger).create(input, application: application, by: .system, in: transaction)
                }
                let customer = Customers(ledger).findOrCreate(
                    email: "control@example.com", name: nil, application: application, by: .system, in: transaction)
                return try PaymentMethodSetups(ledger).create(for: customer, by: .buyer, in: transaction).token.bytes
            }
            _ = try await node.engine.beginSetup(token, gateway: "sandbox_alpha", by: .buyer)
            let card = SandboxCard(number: "4242424242424242", expiryMonth: 12, expiryYear: 2040, holder: "Ada")
            _ = try await node.engine.submitSetup(token, attempt: 1, .card(card), by: .buyer)
            try await node.store.transact(for: id) { transaction in
                let application = try Applications.find(id, in: transaction)
                var input = SubscriptionInput()
                input.customerID = try Customers(ledger).find(
                    PaymentMethodSetups.find(token, in: transaction)?.customer ?? .none, application: id,
                    in: transaction
                ).id
                input.plan = BillingActor.controlPlan
                _ = try Subscriptions(ledger).create(input, application: application, by: .system, in: transaction)
            }
        }
    }

    /// Lifts all faults, lives the rest, lets two months pass, and compares the books.
    private func settle(_ disk: DiskImage, _ now: Timestamp, until end: Timestamp) throws {
        receiver.setAnswer { _ in (200, 0) }
        let world = world(disk, now, epochCount + 1)
        let node = try ServerNode(world, receiver: receiver)
        let actor = BillingActor(node, seed: dice.next(), journal)
        try world.run { _ in
            await actor.live(until: end)
            for gateway in ["sandbox_alpha", "sandbox_beta"] { try await node.setFaults([], of: gateway) }
            let last = max(end, try await node.now())
            for week in 1...9 { try await actor.advance(to: last.adding(seconds: Int64(week) * 7 * 86_400)) }
        }
        close(world)
        let audit = try BillingAudit(node)
        let money = try MoneyAudit(node, far: [], isSettled: true)
        report.findings = journal.findings + audit.findings + money.findings
        report.invoiceCount = audit.invoiceCount
        report.subscriptionCount = audit.subscriptionCount
        report.chargeCount = money.chargeCount
        report.leapCount = journal.stepCount
        report.dueItemCount = journal.itemCount
        let events = try node.events()
        report.eventCount = events.count
        let clock = world.doors.clock
        let history = DueHistory(events, now: try node.store.readSync { $0.now(of: node.application, clock) })
        report.findings += history.findings
        report.onceCount = history.counts.values.reduce(0, +)
        let accepted = Set(receiver.accepted)
        let givenUp = try Self.givenUp(node.store)
        for event in events where !accepted.contains(event.id.description) && !givenUp.contains(event.sequence) {
            report.findings.append("event \(event.sequence) \(event.type.rawValue) was never delivered")
        }
        report.findings += try DeliveryOrder.findings(node)
    }

    /// The events whose delivery was given up as it has to be: every one of its tries was answered with a failure.
    private static func givenUp(_ store: Store) throws -> Set<Int64> {
        try store.readSync { snapshot in
            var sequences: Set<Int64> = []
            snapshot.scan(Delivery.self) { delivery, _ in
                if delivery.status == .failed, delivery.tries == 10 { sequences.insert(delivery.eventSequence) }
                return true
            }
            return sequences
        }
    }
}
