import Billing
import JSON
import Peers
import Simulation
import Testing

@testable import Gateways

/// Answers with anything in them: nothing traps, and nothing succeeds unless the answer says so.
@Suite struct PayPalFuzzTests {
    private static let words: [JSONValue] = [
        .null, .bool(true), .string(""), .string("COMPLETED"), .string("PENDING"), .string("DECLINED"),
        .string("APPROVED"), .string("../../etc"), .string("99999999999999999999999.99"), .string("-1"),
        .array([]), .object(JSONObject()), .number(JSONNumber(9_223_372_036_854_775_807)),
    ]

    private static let taken = ["COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"]

    /// The value with one part of it changed.
    private static func mutated(_ value: JSONValue, _ generator: inout SeededGenerator) -> JSONValue {
        if Int.random(in: 0..<12, using: &generator) == 0 { return words.randomElement(using: &generator) ?? .null }
        switch value {
        case .object(var object) where !object.members.isEmpty:
            let index = Int.random(in: 0..<object.members.count, using: &generator)
            if Bool.random(using: &generator), Bool.random(using: &generator) {
                object.members.remove(at: index)
            } else {
                object.members[index].value = mutated(object.members[index].value, &generator)
            }
            return .object(object)
        case .array(var values) where !values.isEmpty:
            let index = Int.random(in: 0..<values.count, using: &generator)
            if Bool.random(using: &generator), Bool.random(using: &generator) {
                values.append(values[index])
            } else {
                values[index] = mutated(values[index], &generator)
            }
            return .array(values)
        default: return words.randomElement(using: &generator) ?? .null
        }
    }

    /// Whether an order says in so many words that money was taken.
    private static func saysTaken(_ object: JSONObject) -> Bool {
        object.objects("purchase_units").compactMap { $0.object("payments") }.flatMap { $0.objects("captures") }
            .contains { taken.contains($0.text("status") ?? "") && PayPalMoney.read($0.object("amount")) != nil }
    }

    private static let order = """
        {"id":"5O1","status":"COMPLETED","payment_source":{"paypal":{"attributes":{"vault":{"id":"8k1",\
        "status":"VAULTED"}}}},"purchase_units":[{"custom_id":"00000000000000000000000000000001-1","payments":\
        {"captures":[{"id":"2G1","status":"DECLINED","amount":{"currency_code":"USD","value":"10.00"},\
        "status_details":{"reason":"ECHECK"},"links":[{"rel":"up","href":"https://x/5O1"}]}],"refunds":[{"id":"1J1",\
        "status":"COMPLETED","amount":{"currency_code":"USD","value":"1.00"},"links":[{"rel":"up",\
        "href":"https://x/2G1"}]}]}}],"links":[{"rel":"payer-action","href":"https://www.paypal.com/x"}]}
        """

    @Test func `an order with anything in it`() throws {
        var generator = SeededGenerator(seed: 20)
        let declined = try JSON.parse(Array(Self.order.utf8))
        let completed = try JSON.parse(Array(Self.order.replacing("DECLINED", with: "COMPLETED").utf8))
        var succeeded = 0
        for round in 0..<4_000 {
            var value = round.isMultiple(of: 2) ? declined : completed
            for _ in 0..<Int.random(in: 1...4, using: &generator) { value = Self.mutated(value, &generator) }
            guard let object = WireResponse(status: 201, body: value.encoded()).object else { continue }
            guard let read = PayPalOrder(object) else { continue }
            _ = read.expiry
            if case .succeeded(let charge) = read.outcome(keepsMethod: true, approvalURL: "https://x/") {
                succeeded += 1
                #expect(Self.saysTaken(object))
                #expect(PayPalName.isSafe(charge.reference))
            }
        }
        #expect(succeeded > 0)
    }

    @Test func `a body with any byte changed`() {
        var generator = SeededGenerator(seed: 21)
        let original = Array(Self.order.utf8)
        for _ in 0..<4_000 {
            var body = original
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                body[Int.random(in: 0..<body.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            body.removeLast(Int.random(in: 0..<3, using: &generator))
            for status in [200, 422, 500] {
                switch PayPalGateway.read(WireResponse(status: status, body: body)) {
                case .done(let object):
                    let outcome = PayPalOrder(object)?.outcome(keepsMethod: true, approvalURL: "https://x/")
                    if case .succeeded = outcome { #expect(Self.saysTaken(object)) }
                case .refused(let refusal):
                    if case .succeeded = refusal.outcome(approvalURL: "https://x/") { Issue.record("succeeded") }
                    _ = refusal.refundOutcome
                case .notSent, .unclear: break
                }
            }
        }
    }

    @Test func `a notice with anything in it`() throws {
        var generator = SeededGenerator(seed: 22)
        let text = #"{"id":"WH-1","event_type":"CHECKOUT.ORDER.APPROVED","resource":\#(Self.order)}"#
        let original = try JSON.parse(Array(text.utf8))
        for _ in 0..<2_000 {
            let value = Self.mutated(Self.mutated(original, &generator), &generator)
            guard let object = PayPalNotice.object(value.encoded()) else { continue }
            guard let notice = try? PayPalNotice.read(object) else { continue }
            if case .session(let name) = notice.subject { #expect(PayPalName.isSafe(name)) }
        }
    }
}
