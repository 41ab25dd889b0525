import Billing
import Fields
import Peers
import Runtime
import Simulation
import Storage
import Testing

@testable import Gateways

/// Payments through a PayPal at which anything goes wrong at any time: in the end its ledger and ours say the same.
@Suite struct PayPalNoiseTests {
    private static let faults: [PeerFault] = [
        .cutBefore, .cutAfter, .cutWithinAnswer, .silentBefore, .silentAfter, .storedError(isDone: false),
        .storedError(isDone: true), .garbage, .slow(milliseconds: 20_000), .rateLimited,
    ]
    private static let operations = [
        PayPalOperation.token, PayPalOperation.create, PayPalOperation.read, PayPalOperation.capture,
        PayPalOperation.refund,
    ]
    private static let fates: [PayPalPeer.Fate] = [
        .completes, .completes, .completes, .declinesInside(nil), .pends("ECHECK"), .refuses("INSTRUMENT_DECLINED"),
        .refuses("PAYEE_ACCOUNT_RESTRICTED"), .refuses("SOMETHING_NEW"),
    ]

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `what PayPal took is what is recorded here`(seed: UInt64) throws {
        try PayPalFixture.run(seed: seed) { fixture in
            var generator = SeededGenerator(seed: seed)
            for operation in Self.operations {
                for _ in 0..<Int.random(in: 0...3, using: &generator) {
                    if let fault = Self.faults.randomElement(using: &generator) {
                        fixture.peer.script(operation, fault)
                    }
                }
            }
            for _ in 0..<4 { fixture.peer.script(Self.fates.randomElement(using: &generator) ?? .completes) }
            let payments = (1...4).map { fixture.payment($0) }
            for payment in payments { try await fixture.keep(payment) }
            for round in 0..<3 {
                for payment in payments {
                    _ = try? await fixture.engine.start(payment.hash, gateway: "paypal", by: .buyer)
                    for order in fixture.peer.orders where Bool.random(using: &generator) {
                        fixture.peer.approve(order.id)
                    }
                    if Bool.random(using: &generator) {
                        _ = try? await fixture.engine.returned(payment.hash, by: .buyer)
                    }
                }
                await fixture.wait(seconds: 30 * (round + 1))
                await fixture.due()
            }
            for _ in 0..<12 {
                for taken in fixture.peer.ledger where taken.status == "PENDING" {
                    let status = Bool.random(using: &generator) ? "COMPLETED" : "DECLINED"
                    fixture.peer.decide(taken.capture, status: status)
                }
                await fixture.wait(seconds: 3_600)
                await fixture.due()
            }
            for payment in payments { try await Self.compare(try await fixture.now(payment), fixture.peer) }
        }
    }

    private static func compare(_ payment: Payment, _ peer: PayPalPeer) async throws {
        let hash = payment.hash.description
        let taken = peer.ledger.filter { $0.custom?.hasPrefix(hash) == true && $0.status != "DECLINED" }
        #expect(taken.count <= 1)
        let recorded = payment.attempts.filter { $0.gateway == "paypal" }.compactMap(\.chargeReference)
        #expect(recorded == taken.map(\.capture))
        #expect((payment.status == .completed) == (taken.count == 1))
        #expect(payment.amountCaptured.units == (taken.isEmpty ? 0 : 9_999))
        #expect(!payment.isInFlight)
    }
}
