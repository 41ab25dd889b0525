import Billing
import Fields
import Gateways
import Runtime
import Scenarios
import Simulation

/// A server with two far gateways, for stories about the engine.
final class EngineStory: Sendable {
    let node: ServerNode
    let alpha: FarBooks
    let beta: FarBooks
    let receiver: Receiver?

    var engine: PaymentEngine { node.engine }
    var world: World { node.world }

    init(
        seed: UInt64 = 1, disk: DiskImage = DiskImage(), alpha: FarBooks = FarBooks("far_alpha"),
        beta: FarBooks = FarBooks("far_beta"), usesSandbox: Bool = false
    ) throws {
        self.alpha = alpha
        self.beta = beta
        receiver = nil
        var options = WorldOptions()
        options.network = .plain
        node = try ServerNode(
            World(seed: seed, options: options, disk: disk), far: [alpha, beta], usesSandbox: usesSandbox)
    }

    /// Runs `body` in the world, to its end.
    @discardableResult
    func run<Answer: Sendable>(_ body: @escaping @Sendable (EngineStory) async throws -> Answer) throws -> Answer {
        try world.run { _ in try await body(self) }
    }

    /// Lets virtual time pass.
    func wait(seconds: Int) async {
        await node.wait(milliseconds: seconds * 1000)
    }

    func start(_ payment: Payment, _ gateway: String = "far_alpha") async throws -> NextStep {
        try await engine.start(payment.hash, gateway: gateway, by: .buyer)
    }

    func submit(_ payment: Payment, attempt: Int64 = 1, _ instrument: Instrument = .approval) async throws -> NextStep {
        try await engine.submit(payment.hash, attempt: attempt, instrument, by: .buyer)
    }

    func refund(_ payment: Payment, _ units: Int64? = nil) async throws -> Refund {
        let amount = units.map { DecimalAmount.units($0) }
        return try await engine.refund(
            payment.hash, application: node.application, amount: amount, reason: nil, by: .system
        ).refund
    }

    func cancel(_ payment: Payment) async throws -> Payment {
        try await engine.cancel(
            payment.hash, application: node.application, reason: .requestedByMerchant, by: .system)
    }

    func sync(_ payment: Payment) async throws -> Payment {
        try await engine.sync(payment.hash, application: node.application, by: .system)
    }

    /// The payment as it is now.
    func now(_ payment: Payment) throws -> Payment { try node.payment(payment.hash) }

    /// A payment whose buyer is on the page of attempt 1 at `far_alpha`.
    func opened(units: Int64 = 10_000) async throws -> Payment {
        let payment = try await node.createPayment(units: units)
        _ = try await start(payment)
        return payment
    }

    /// One that is paid at `far_alpha`.
    func paid() async throws -> Payment {
        let payment = try await opened()
        _ = try await submit(payment)
        return payment
    }

    /// What the gateways' books and ours disagree on.
    func findings(isSettled: Bool = true) throws -> [String] {
        try MoneyAudit(node, far: [alpha, beta], isSettled: isSettled).findings
    }

    /// The code of the refusal that `body` ends with, if any.
    static func code(_ body: () async throws -> Void) async -> Refusal.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? Refusal)?.code
        }
    }
}
