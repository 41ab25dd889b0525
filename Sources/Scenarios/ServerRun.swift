import Billing
import Gateways
import Runtime
import Simulation

/// A whole server lived through from one seed: buyers and merchants act at random, gateways and receivers fail at
/// random, the machine crashes at random; then all faults are lifted, time passes, and the books are compared.
package final class ServerRun {
    /// What came of a run.
    package struct Report: Sendable, Equatable {
        /// The fingerprint of everything that happened, in every world.
        package var trace: UInt64 = 0
        /// What is wrong, a sentence each.
        package var findings: [String] = []
        package var crashCount = 0
        package var paymentCount = 0
        package var completedCount = 0
        package var chargeCount = 0
        package var automaticRefundCount = 0
        package var eventCount = 0
        package var stepCount = 0

        package init() {}

        /// Adds the counts of another run, and mixes its fingerprint in.
        package mutating func add(_ other: Report) {
            trace = (trace ^ other.trace) &* 0x9e37_79b9_7f4a_7c15
            crashCount += other.crashCount
            paymentCount += other.paymentCount
            completedCount += other.completedCount
            chargeCount += other.chargeCount
            automaticRefundCount += other.automaticRefundCount
            eventCount += other.eventCount
            stepCount += other.stepCount
        }

        /// The counts in one line.
        package var summary: String {
            "\(crashCount) crashes, \(paymentCount) payments, \(chargeCount) charges, \(completedCount) completed, "
                + "\(automaticRefundCount) given back, \(eventCount) events, \(stepCount) steps, "
                + "trace \(String(trace, radix: 16))"
        }
    }

    package let seed: UInt64
    private var dice: Dice
    private let far = FarBooks("far_gamma")
    private let receiver = Receiver()
    private var report = Report()
    private let epochCount: Int

    /// - Parameter epochCount: Stretches of time, with a crash after each; at least 1.
    package init(seed: UInt64, epochCount: Int = 4) {
        self.seed = seed
        self.epochCount = epochCount
        dice = Dice(seed: seed)
    }

    /// Lives it through.
    package func run() throws -> Report {
        var disk = DiskImage()
        var now = Timestamp(seconds: 1_736_899_200)
        for epoch in 1...epochCount {
            let (image, time) = try live(disk, now, epoch)
            disk = image
            now = time.adding(milliseconds: Int64(dice.roll(4) == 0 ? dice.roll(7_200_000) : dice.roll(20_000)))
            report.crashCount += 1
        }
        try settle(disk, now)
        return report
    }

    private func world(_ disk: DiskImage, _ now: Timestamp, _ epoch: Int) -> World {
        var options = WorldOptions()
        options.startTime = now
        options.network = dice.chance(50) ? .plain : NetworkOptions()
        return World(seed: seed &* 1_000_003 &+ UInt64(epoch), options: options, disk: disk)
    }

    /// One stretch of time with faults, up to a crash at a random moment.
    private func live(_ disk: DiskImage, _ now: Timestamp, _ epoch: Int) throws -> (DiskImage, Timestamp) {
        scriptFaults()
        let world = world(disk, now, epoch)
        let node = try ServerNode(world, far: [far], receiver: receiver)
        let actorCount = 2 + dice.roll(5)
        for _ in 0..<actorCount {
            let actor = ServerActor(node, far, seed: dice.next())
            world.doors.scheduler.spawn(on: 0) { await actor.live() }
        }
        try world.run(milliseconds: 1 + dice.roll(dice.chance(30) ? 3000 : 240_000))
        close(world)
        let image = world.disk.crashImage(dice.chance(70) ? .seeded(dice.next()) : .loseAll)
        far.settleDelayed(arrives: dice.chance(50))
        return (image, world.clock.now())
    }

    private func close(_ world: World) {
        report.trace = (report.trace ^ world.traceHash) &* 0x9e37_79b9_7f4a_7c15
        report.stepCount += world.stepCount
    }

    /// Gives the far gateway and the receiver their faults for one stretch.
    private func scriptFaults() {
        let percent = [0, 5, 20, 60][dice.roll(4)]
        let fates = Guarded(Dice(seed: dice.next()))
        far.setCanExpire(dice.chance(60))
        far.setFate { _, _ in
            fates.withLock { dice in
                guard dice.chance(percent) else { return .answered(after: dice.roll(800)) }
                return switch dice.roll(4) {
                case 0: .unsent
                case 1: .answerLost
                case 2: .vanished
                default: .delayed(by: dice.roll(90_000))
                }
            }
        }
        let failures = [0, 10, 50][dice.roll(3)]
        receiver.setAnswer { _ in
            fates.withLock { dice in
                (dice.chance(failures) ? [500, 503, 404][dice.roll(3)] : 200, dice.chance(10) ? dice.roll(3000) : 0)
            }
        }
    }

    /// Lifts all faults, lets two days pass, and compares the books.
    private func settle(_ disk: DiskImage, _ now: Timestamp) throws {
        far.setFate { _, _ in .answered(after: 0) }
        receiver.setAnswer { _ in (200, 0) }
        let world = world(disk, now, epochCount + 1)
        let node = try ServerNode(world, far: [far], receiver: receiver)
        try world.run { _ in
            for gateway in ["sandbox_alpha", "sandbox_beta"] { try await node.setFaults([], of: gateway) }
            await node.wait(milliseconds: 60_000)
            // Leaps keep the count of idle rounds small; what falls due within one happens right after it.
            for _ in 0..<50 {
                world.clock.jump(milliseconds: 3_600_000)
                await node.wait(milliseconds: 17_000)
            }
            // The far gateway's notices, which say of each session only that something may have happened.
            for payment in try node.payments() {
                for attempt in payment.attempts where attempt.gateway == "far_gamma" {
                    _ = try await node.engine.look(payment.hash, attempt: attempt.number, by: .gateway(attempt.gateway))
                }
            }
            await node.wait(milliseconds: 60_000)
        }
        let audit = try MoneyAudit(node, far: [far], isSettled: true)
        report.findings = audit.findings
        report.chargeCount = audit.chargeCount
        report.completedCount = audit.completedCount
        report.automaticRefundCount = audit.automaticRefundCount
        report.paymentCount = try node.payments().count
        let events = try node.events()
        report.eventCount = events.count
        let accepted = Set(receiver.accepted)
        for event in events where !accepted.contains(event.id.description) {
            report.findings.append("event \(event.sequence) \(event.type.rawValue) was never delivered")
        }
        report.findings += try DeliveryOrder.findings(node)
        close(world)
    }
}
