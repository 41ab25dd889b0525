import Billing
import Bytes
import JSON
import Peers
import Runtime
import Simulation
import Testing

@testable import Gateways

/// Answers that were changed anywhere: nothing traps, and money is taken only where a status says so.
@Suite struct StripeFuzzTests {
    /// A small generator of its own, so that a failing case comes again.
    private struct Dice {
        var state: UInt64
        mutating func roll(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(count))
        }
    }

    /// The peer's answers to the calls that read money.
    private static func answers() throws -> [(text: [UInt8], name: String)] {
        try StripeFixture.run { fixture in
            let open = try await fixture.open(fixture.order(1))
            let (paid, _) = try await fixture.pay(fixture.order(2, saves: true))
            let token = fixture.peer.savedMethod(.declined("insufficient_funds"))
            let intent = try await fixture.prepare(token, fixture.order(3), key: "prepare-3")
            _ = await fixture.gateway.charge(token, fixture.order(3), prepared: intent, key: "c")
            var answers: [(text: [UInt8], name: String)] = []
            for name in [open, paid, intent] {
                let request = name.hasPrefix("cs_") ? StripeCalls.session(name) : StripeCalls.intent(name)
                let object = try #require(await fixture.gateway.read(request, fixture.account))
                answers.append((JSONValue.object(object).encoded(), name))
            }
            return answers
        }
    }

    private static func mutate(_ text: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var text = text
        for _ in 0...dice.roll(4) {
            guard !text.isEmpty else { break }
            let place = dice.roll(text.count)
            switch dice.roll(6) {
            case 0: text[place] = UInt8(dice.roll(256))
            case 1: text.remove(at: place)
            case 2: text.insert(UInt8(dice.roll(128)), at: place)
            case 3: text.removeSubrange(place...)
            case 4:
                // A value of another kind.
                guard let colon = text[place...].firstIndex(of: 0x3a) else { break }
                let values = [
                    "null", "0", "-1", "1e300", "\"\"", "[]", "{}", "true", "9223372036854775807", "\"paid\"",
                ]
                text.insert(contentsOf: Array((values[dice.roll(values.count)] + ",\"x\":").utf8), at: colon + 1)
            default:
                text.swapAt(place, dice.roll(text.count))
            }
        }
        return text
    }

    @Test func `a changed answer never traps and never takes money by itself`() throws {
        let account = try StripeFixture.sealed.get()
        var dice = Dice(state: 11)
        var readable = 0
        for (text, name) in try Self.answers() {
            for round in 0..<1_500 {
                let changed = round == 0 ? text : Self.mutate(text, &dice)
                guard let object = WireResponse(status: 200, body: changed).object else { continue }
                readable += 1
                for order in [
                    StripeFixture.order(saves: true, account: account),
                    StripeFixture.order(1, .zero(.usd), saves: true, account: account),
                ] {
                    let outcomes = [
                        StripeReading.session(object, name, order), StripeReading.intent(object, name, order),
                    ]
                    for case .succeeded(let charge) in outcomes {
                        #expect(Self.saysTaken(object, charge), "\(String(decoding: changed, as: UTF8.self))")
                    }
                }
                _ = StripeReading.refund(object)
                _ = StripeReading.listed(object)
                _ = StripeReading.saved(object, customer: object.name(of: "customer"))
                _ = StripeMark(object)
            }
        }
        #expect(readable > 500)
    }

    /// Whether the answer itself says, by its states, that this charge was taken.
    private static func saysTaken(_ object: JSONObject, _ charge: Charge) -> Bool {
        if object.text("mode") == "setup" { return charge.amount.isZero && object.text("status") == "complete" }
        let inner = object.object("payment_intent") ?? object
        guard object.name(of: "payment_intent") ?? object.text("id") == charge.reference else { return false }
        return inner.text("status") == "succeeded" || object.text("payment_status") == "paid"
    }

    @Test func `changed refusals never trap, and only listed ones move on`() throws {
        var dice = Dice(state: 5)
        let text = Array(
            #"{"error":{"type":"card_error","code":"card_declined","decline_code":"generic_decline","message":"No.","payment_intent":{"id":"pi_1","status":"requires_payment_method"}}}"#
                .utf8)
        for round in 0..<3_000 {
            let status = [400, 402, 404, 409, 429, 500][dice.roll(6)]
            let changed = round == 0 ? text : Self.mutate(text, &dice)
            guard let error = StripeError(WireResponse(status: status, body: changed)) else { continue }
            switch StripeVerdict(error) {
            case .declined(let failure) where failure.allowsNextGateway:
                #expect(StripeDecline.row(error.rawCode)?.kind.movesOn == true)
            case .notExecuted: #expect(status == 400)
            case .rateLimited: #expect(status == 429)
            default: break
            }
        }
    }

    @Test func `changed notices never trap`() throws {
        let account = try StripeFixture.sealed.get()
        let notices = try StripeFixture.run { fixture in
            let (_, intent) = try await fixture.pay(fixture.order(saves: true))
            fixture.peer.refundByHand(intent, 5)
            fixture.peer.dispute(intent)
            fixture.peer.detach(fixture.peer.savedMethod())
            return fixture.peer.takeNotices()
        }
        var dice = Dice(state: 3)
        var read = 0
        for notice in notices {
            for _ in 0..<300 {
                if (try? StripeNotice.read(Self.mutate(notice.body, &dice), account)) != nil { read += 1 }
            }
        }
        #expect(read > 100)
        let signature = Array("t=1760000000,v1=\(String(repeating: "a", count: 64))".utf8)
        let checker = StripeSignature(["whsec_x"])
        for _ in 0..<1_000 {
            let header = Self.mutate(signature, &dice)
            #expect(throws: NoticeError.self) {
                try checker.verify(header[...], [1], now: Timestamp(seconds: 1_760_000_000))
            }
        }
    }
}
