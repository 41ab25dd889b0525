import Storage
import Testing

@testable import Billing

@Suite struct GatewaySettingsTests {
    private func change(_ change: (inout GatewayChange) -> Void) -> GatewayChange {
        var result = GatewayChange()
        change(&result)
        return result
    }

    @Test func `order, faults and use of a gateway change`() throws {
        let world = try LedgerWorld()
        let (ledger, id) = (world.ledger, world.application.id)
        let wanted = change {
            $0.order = 5
            $0.faults = [.down, .lateWebhook]
            $0.currencies = ["EUR"]
            $0.isEnabled = false
        }
        let gateway = try world.transact {
            try GatewaySettings(ledger).update("sandbox_alpha", application: id, wanted, by: .system, in: $0)
        }
        #expect(gateway.faults == [.down, .lateWebhook])
        #expect(!gateway.accepts(Money(1, Currency("EUR") ?? .none)))
        let order = try world.read { Payments.gateways(of: id, in: $0).map(\.gateway) }
        #expect(order == ["sandbox_beta", "sandbox_alpha"])
        #expect(try world.findings() == [])
    }

    @Test(arguments: ["", "Card", "a-b", String(repeating: "a", count: 41)])
    func `a name that no address could hold is refused`(_ name: String) throws {
        let world = try LedgerWorld()
        let (ledger, id) = (world.ledger, world.application.id)
        #expect(throws: Refusal.self) {
            try world.transact { transaction in
                let new = NewGateway(
                    gateway: name, adapter: "sandbox_alpha", displayName: "G", order: 1, methods: ["card"])
                try GatewaySettings(ledger).add(new, application: id, by: .system, in: transaction)
            }
        }
    }

    @Test func `live applications have no sandbox gateway`() throws {
        let world = try LedgerWorld()
        let ledger = world.ledger
        #expect(throws: Refusal.self) {
            try world.transact { transaction in
                let live = try Applications(ledger).create(name: "Live", mode: .live, by: .system, in: transaction)
                try GatewaySettings(ledger).add(
                    GatewaySettings.sandboxGateways[0], application: live.application.id, by: .system, in: transaction)
            }
        }
    }

    @Test func `a gateway is added once, and unknown currencies are refused`() throws {
        let world = try LedgerWorld()
        let (ledger, id) = (world.ledger, world.application.id)
        #expect(throws: Refusal.self) {
            try world.transact { transaction in
                try GatewaySettings(ledger).add(
                    GatewaySettings.sandboxGateways[0], application: id, by: .system, in: transaction)
            }
        }
        let wanted = change { $0.currencies = ["XXQ"] }
        #expect(throws: Refusal.self) {
            try world.transact {
                try GatewaySettings(ledger).update("sandbox_beta", application: id, wanted, by: .system, in: $0)
            }
        }
    }
}
