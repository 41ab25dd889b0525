import Billing
import JSON
import Testing

@testable import Gateways

@Suite struct PayPalOrderTests {
    private static func order(
        _ status: String, captures: [String] = [], custom: String = "00000000000000000000000000000001-1"
    ) throws -> PayPalOrder {
        let list = captures.enumerated().map { index, status in
            """
            {"id":"CAP\(index)","status":"\(status)","amount":{"currency_code":"USD","value":"10.00"}}
            """
        }
        let payments = captures.isEmpty ? "" : ",\"payments\":{\"captures\":[\(list.joined(separator: ","))]}"
        let text = """
            {"id":"5O1","status":"\(status)","purchase_units":[{"custom_id":"\(custom)"\(payments)}],
            "links":[{"rel":"payer-action","href":"https://www.paypal.com/checkoutnow?token=5O1"}]}
            """
        let object = try #require(WireResponse(status: 200, body: Array(text.utf8)).object)
        return try #require(PayPalOrder(object))
    }

    private static func word(_ outcome: Outcome) -> String {
        switch outcome {
        case .succeeded(let charge): "succeeded \(charge.reference) \(charge.amount)"
        case .requiresAction: "action"
        case .approved: "approved"
        case .declined(let failure): "declined \(failure.code)"
        case .notExecuted(let failure): "not executed \(failure.code)"
        case .settling: "settling"
        case .unknown: "unknown"
        }
    }

    @Test(
        arguments: [
            ("CREATED", [], "action"), ("SAVED", [], "action"), ("PAYER_ACTION_REQUIRED", [], "action"),
            ("APPROVED", [], "approved"), ("VOIDED", [], "not executed session_expired"),
            ("COMPLETED", [], "unknown"), ("SOMETHING_NEW", [], "unknown"),
            ("COMPLETED", ["COMPLETED"], "succeeded CAP0 10.00"), ("COMPLETED", ["PENDING"], "settling"),
            ("COMPLETED", ["DECLINED"], "declined generic_decline"),
            ("COMPLETED", ["FAILED"], "declined generic_decline"),
            ("COMPLETED", ["PARTIALLY_REFUNDED"], "succeeded CAP0 10.00"),
            ("COMPLETED", ["REFUNDED"], "succeeded CAP0 10.00"), ("COMPLETED", ["NEW_WORD"], "unknown"),
            ("COMPLETED", ["DECLINED", "COMPLETED"], "succeeded CAP1 10.00"),
            ("COMPLETED", ["DECLINED", "PENDING"], "settling"),
        ] as [(String, [String], String)])
    func `states`(status: String, captures: [String], meaning: String) throws {
        let order = try Self.order(status, captures: captures)
        #expect(Self.word(order.outcome(keepsMethod: false, approvalURL: "https://x/")) == meaning)
    }

    @Test(arguments: ["CREATED", "SAVED", "APPROVED"])
    func `an order for a saved method that was not captured took nothing`(status: String) throws {
        let order = try Self.order(status, custom: "00000000000000000000000000000001-1-saved")
        #expect(
            Self.word(order.outcome(keepsMethod: false, approvalURL: "https://x/")) == "not executed not_carried_out")
    }

    @Test(
        arguments: [
            ("PAYER_ACTION_REQUIRED", [], "", ExpiryOutcome.impossible), ("APPROVED", [], "", .impossible),
            ("CREATED", [], "-saved", .expired), ("VOIDED", [], "", .expired),
            ("COMPLETED", ["COMPLETED"], "", .inProgress), ("COMPLETED", ["PENDING"], "", .inProgress),
        ] as [(String, [String], String, ExpiryOutcome)])
    func `what cancelling comes to`(status: String, captures: [String], kind: String, outcome: ExpiryOutcome) throws {
        let order = try Self.order(
            status, captures: captures, custom: "00000000000000000000000000000001-1\(kind)")
        #expect(order.expiry == outcome)
    }

    @Test(arguments: [
        ("https://www.paypal.com/checkoutnow?token=1", true), ("http://127.0.0.1:8080/x", true),
        ("http://www.paypal.com/x", false), ("javascript:alert(1)", false), ("", false),
    ])
    func `the buyer is sent to encrypted pages only`(href: String, isTaken: Bool) {
        let link = JSONObject([("rel", .string("approve")), ("href", .string(href))])
        let url = PayPalOrder.actionURL(in: JSONObject([("links", .array([.object(link)]))]))
        #expect((url == href) == isTaken)
    }
}
