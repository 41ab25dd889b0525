import Billing
import Fields
import Gateways
import Runtime
import Simulation
import Storage

/// Somebody who does things at random: a buyer and a merchant in one.
final class ServerActor: Sendable {
    private let node: ServerNode
    private let far: FarBooks
    private let dice: Guarded<Dice>
    private let gateways = ["far_gamma", "sandbox_alpha", "sandbox_beta"]

    init(_ node: ServerNode, _ far: FarBooks, seed: UInt64) {
        self.node = node
        self.far = far
        dice = Guarded(Dice(seed: seed))
    }

    private func roll(_ sides: Int) -> Int { dice.withLock { $0.roll(sides) } }

    /// Acts until the world ends.
    func live() async {
        while true {
            await node.wait(milliseconds: roll(4) == 0 ? roll(20_000) : roll(700))
            // Refusals and stores that are busy are part of life.
            try? await act()
        }
    }

    private func act() async throws {
        let payments = try node.payments()
        // The newest are the liveliest.
        let recent = Array(payments.suffix(12))
        guard !recent.isEmpty, roll(6) != 0 else {
            _ = try await node.createPayment(
                units: Int64(1 + roll(50_000)), email: "buyer\(roll(5))@example.com",
                gateways: roll(3) == 0 ? [gateways[roll(3)]] : [], expiresIn: roll(3) == 0 ? 1800 : nil)
            return
        }
        let payment = recent[roll(recent.count)]
        let (hash, application, engine) = (payment.hash, node.application, node.engine)
        switch roll(22) {
        case 0...4: _ = try await engine.start(hash, gateway: gateways[roll(3)], by: .buyer)
        case 5...11: try await submit(payment)
        case 12:
            _ = try await engine.cancel(hash, application: application, reason: .requestedByMerchant, by: .system)
        case 13:
            _ = try await engine.cancel(hash, application: application, reason: .cancelledByBuyer, by: .buyer)
        case 14, 15:
            _ = try await engine.refund(
                hash, application: application, amount: roll(2) == 0 ? nil : amount(1 + roll(20_000)),
                reason: nil, by: .system)
        case 16: _ = try await engine.sync(hash, application: application, by: .system)
        case 17: _ = try await engine.extend(hash, by: .buyer)
        case 18: payElsewhere(payment)
        case 19:
            guard let attempt = payment.attempts.last else { return }
            _ = try await engine.look(hash, attempt: attempt.number, by: .gateway(attempt.gateway))
        case 20: try await script()
        default: try await forget(payment.customer)
        }
    }

    private func amount(_ units: Int) -> DecimalAmount { .minor(Int64(units)) }

    /// The buyer acts on the page, twice at once now and then.
    private func submit(_ payment: Payment) async throws {
        guard let attempt = payment.currentAttempt ?? payment.attempts.last else { return }
        let instrument = instrument(attempt.gateway)
        if roll(5) == 0 {
            let engine = node.engine
            node.world.doors.scheduler.spawn(on: 0) {
                _ = try? await engine.submit(payment.hash, attempt: attempt.number, instrument, by: .buyer)
            }
        }
        _ = try await node.engine.submit(payment.hash, attempt: attempt.number, instrument, by: .buyer)
    }

    private func instrument(_ gateway: String) -> Instrument {
        if gateway != "sandbox_alpha", roll(4) != 0 { return roll(6) == 0 ? .refusal : .approval }
        let numbers = SandboxCard.stories.map(\.number)
        let number = roll(2) == 0 ? "4242424242424242" : numbers[roll(numbers.count)]
        return .card(SandboxCard(number: number, expiryMonth: 12, expiryYear: 2031, holder: "Ada"))
    }

    /// The buyer pays on the far gateway's own page.
    private func payElsewhere(_ payment: Payment) {
        let sessions = payment.attempts.filter { $0.gateway == far.name }.compactMap(\.gatewayReference)
        guard !sessions.isEmpty else { return }
        far.pay(sessions[roll(sessions.count)])
    }

    private func script() async throws {
        let faults = Fault.allCases.filter { _ in roll(5) == 0 }
        try await node.setFaults(faults, of: gateways[1 + roll(2)])
    }

    private func forget(_ customer: CustomerID) async throws {
        guard roll(3) == 0 else { return }
        let (ledger, id) = (node.ledger, node.application)
        try await node.store.transact { transaction in
            guard let application = transaction.get(Application.self, Key(id)) else { return }
            _ = try Customers(ledger).forget(customer, application: application, by: .system, in: transaction)
        }
    }
}
