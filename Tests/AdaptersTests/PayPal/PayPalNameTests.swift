import Billing
import Testing

@testable import Gateways

@Suite struct PayPalNameTests {
    @Test func `what PayPal keeps of ours is read again`() throws {
        try PayPalFixture.run { fixture in
            let order = fixture.order(fixture.payment(7), attempt: 3)
            for kind in [PayPalName.Kind.hosted, .saved] {
                let owner = PayPalName.owner(PayPalName.custom(order, kind))
                #expect(owner == PayPalName.Owner(payment: order.payment, attempt: 3, kind: kind))
                #expect(PayPalName.custom(order, kind).utf8.count <= 127)
            }
            #expect(PayPalName.invoice(order, .hosted) != PayPalName.invoice(order, .saved))
        }
    }

    @Test(arguments: ["", "pay_01", "refund-1", "00-1", "0000000000000000000000000000000g-1", "-", "--", "1-1-1-1"])
    func `other texts name no payment`(text: String) {
        #expect(PayPalName.owner(text) == nil)
    }

    @Test(arguments: [
        ("5O190127TN364715T", true), ("", false), ("a/b", false), ("..", false), ("a b", false), ("ä", false),
    ])
    func `only plain names stand in paths`(name: String, isSafe: Bool) {
        #expect(PayPalName.isSafe(name) == isSafe)
    }
}
