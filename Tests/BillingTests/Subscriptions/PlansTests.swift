import Fields
import JSON
import Runtime
import Storage
import Testing

@testable import Billing

@Suite struct PlansTests {
    private let world: BillingWorld

    init() throws {
        world = try BillingWorld()
    }

    private func update(_ id: String, _ change: (inout PlanPatch) -> Void) throws -> Plan {
        var patch = PlanPatch()
        change(&patch)
        let ready = patch
        return try world.act { try Plans($0).update(id, ready, application: $1, by: .system, in: $2) }
    }

    @Test func `price, currency and cycle are fixed once a subscription uses the plan`() throws {
        try world.plan("basic", "10")
        #expect(try update("basic") { $0.price = .set(DecimalAmount(decimal: JSONDecimal("11"))) }.price.units == 1100)
        _ = try world.create("basic")
        #expect(
            issues { _ = try update("basic") { $0.price = .set(DecimalAmount(decimal: JSONDecimal("12"))) } } == [
                "price fixed"
            ])
        #expect(issues { _ = try update("basic") { $0.billingCycle = .set(.yearly) } } == ["billing_cycle fixed"])
        #expect(try update("basic") { $0.name = .set("Better") }.name == "Better")
        #expect(try update("basic") { $0.trialDays = .set(3) }.trialDays == 3)
    }

    @Test func `a new currency needs its price, and the fee's too`() throws {
        try world.plan("basic", "10", fee: "1")
        let euro = try #require(Currency("EUR"))
        #expect(
            issues { _ = try update("basic") { $0.currency = .set(euro) } } == ["price required", "setup_fee required"])
    }

    @Test func `an id is taken once, also by an archived plan`() throws {
        try world.plan("basic", "10")
        #expect(refusal { try world.plan("basic", "12") } == .alreadyExists)
        let archive: () throws -> Void = {
            _ = try world.act { try Plans($0).archive("basic", application: $1, by: .system, in: $2) }
        }
        #expect(refusal { try archive() } == nil)
        #expect(refusal { try archive() } == .invalidState)
        #expect(refusal { try world.plan("basic", "12") } == .alreadyExists)
        #expect(try world.world.events().map(\.type) == [.planCreated, .planArchived])
    }

    @Test(arguments: ["10.001", "-1", "1e30", "1000000000000"])
    func `a price that is no amount of its currency is refused`(price: String) {
        #expect(issues { try world.plan("basic", price) }.count == 1)
    }
}
