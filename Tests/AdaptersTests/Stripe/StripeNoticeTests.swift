import Billing
import HTTP
import JSON
import Peers
import Runtime
import Testing

@testable import Gateways

@Suite struct StripeNoticeTests {
    private static let hash = PaymentHash(value: 7)

    private static func mark(_ application: ApplicationID = StripeFixture.application) -> String {
        #""metadata":{"centralpay_payment":"\#(hash)","centralpay_attempt":"2","centralpay_application":"\#(application)"}"#
    }

    private static func read(_ type: String, _ object: String, previous: String = "null") throws -> Notice {
        let body =
            #"{"id":"evt_1","type":"\#(type)","data":{"object":\#(object),"previous_attributes":\#(previous)}}"#
        return try StripeNotice.read(Array(body.utf8), try StripeFixture.sealed.get())
    }

    @Test(arguments: [
        "checkout.session.completed", "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed", "checkout.session.expired",
    ])
    func `events of a session are about the session`(type: String) throws {
        let notice = try Self.read(type, #"{"id":"cs_1",\#(Self.mark())}"#)
        #expect(notice == Notice(id: "evt_1", type: type, subject: .session("cs_1"), payment: Self.hash, attempt: 2))
    }

    @Test(arguments: ["succeeded", "processing", "payment_failed", "canceled", "requires_action"])
    func `events of an intent are about the intent`(type: String) throws {
        let notice = try Self.read("payment_intent.\(type)", #"{"id":"pi_1",\#(Self.mark())}"#)
        #expect(notice.subject == .session("pi_1"))
        #expect(notice.payment == Self.hash && notice.attempt == 2)
    }

    @Test(arguments: ["refund.created", "refund.updated", "refund.failed"])
    func `events of a refund are about the refunds of its charge`(type: String) throws {
        let ours = try Self.read(type, #"{"id":"re_1","payment_intent":"pi_1",\#(Self.mark())}"#)
        #expect(ours.subject == .refunds(charge: "pi_1") && ours.payment == Self.hash)
        let byHand = try Self.read(type, #"{"id":"re_1","payment_intent":{"id":"pi_1"},"metadata":{}}"#)
        #expect(byHand.subject == .refunds(charge: "pi_1") && byHand.payment == nil)
        #expect(try Self.read(type, #"{"id":"re_1","payment_intent":null}"#).subject == .other)
    }

    @Test func `a refunded charge is about its refunds`() throws {
        let notice = try Self.read("charge.refunded", #"{"id":"ch_1","payment_intent":"pi_1",\#(Self.mark())}"#)
        #expect(notice.subject == .refunds(charge: "pi_1") && notice.payment == Self.hash)
    }

    @Test(arguments: ["charge.dispute.created", "charge.dispute.closed"])
    func `a dispute is about the charge`(type: String) throws {
        let notice = try Self.read(type, #"{"id":"dp_1","charge":"ch_1","payment_intent":"pi_1"}"#)
        #expect(notice.subject == .dispute(charge: "pi_1"))
    }

    @Test func `a method is known by its token, also once it has no customer any more`() throws {
        let object = #"{"id":"pm_1","type":"card","customer":"cus_1"}"#
        let updated = try Self.read("payment_method.automatically_updated", object)
        #expect(updated.subject == .method(token: "cus_1/pm_1"))
        let detached = try Self.read(
            "payment_method.detached", #"{"id":"pm_1","type":"sepa_debit","customer":null}"#,
            previous: #"{"customer":"cus_1"}"#)
        #expect(detached.subject == .method(token: "cus_1/pm_1/sepa_debit"))
    }

    @Test(arguments: ["invoice.paid", "payment_method.attached", "charge.succeeded", "x"])
    func `other events are none of ours`(type: String) throws {
        #expect(try Self.read(type, #"{"id":"pi_1",\#(Self.mark())}"#).subject == .other)
    }

    @Test func `a payment of another application is not ours`() throws {
        let other = ApplicationID(value: 0xb0b)
        let notice = try Self.read("payment_intent.succeeded", #"{"id":"pi_1",\#(Self.mark(other))}"#)
        #expect(notice.payment == nil)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"id":"evt_1"}"#, #"{"id":"evt_1","type":"x","data":{}}"#,
        #"{"id":"x","type":"x","data":{"object":{}}}"#, #"{"id":"evt_1","type":3,"data":{"object":{}}}"#,
    ])
    func `a body of another form is refused`(text: String) throws {
        let account = try StripeFixture.sealed.get()
        #expect(throws: NoticeError.self) { try StripeNotice.read(Array(text.utf8), account) }
    }

    @Test func `every event that is asked for is read`() throws {
        for type in StripeCalls.events {
            #expect(StripeNotice.kinds.contains { type.hasPrefix($0.prefix) }, "\(type)")
        }
    }

    @Test func `what the peer sends is verified and read`() throws {
        try StripeFixture.run { fixture in
            let order = fixture.order(saves: true)
            let (session, intent) = try await fixture.pay(order)
            fixture.peer.refundByHand(intent, 100)
            fixture.peer.dispute(intent)
            let now = fixture.doors.clock.now()
            var subjects: [Notice.Subject] = []
            for notice in fixture.peer.takeNotices() {
                for secret in [StripeFixture.secret, StripeFixture.previousSecret] {
                    let request = Request(
                        method: .post, target: "/webhooks/cards/x",
                        headers: Headers([("Stripe-Signature", notice.signature(secrets: [secret], at: now))]),
                        body: notice.body)
                    let read = try await fixture.gateway.readEvent(request, fixture.account, now: now)
                    #expect(read.id == notice.id && read.type == notice.type)
                    if secret == StripeFixture.secret { subjects.append(read.subject) }
                    await #expect(throws: NoticeError.tooOld) {
                        try await fixture.gateway.readEvent(
                            request, fixture.account, now: now.adding(seconds: 301))
                    }
                }
                let forged = Request(
                    method: .post, target: "/",
                    headers: Headers([("Stripe-Signature", notice.signature(secrets: ["whsec_x"], at: now))]),
                    body: notice.body)
                await #expect(throws: NoticeError.wrongSignature) {
                    try await fixture.gateway.readEvent(forged, fixture.account, now: now)
                }
            }
            #expect(
                subjects == [
                    .session(intent), .session(session), .refunds(charge: intent), .refunds(charge: intent),
                    .dispute(charge: intent),
                ])
            let bare = Request(method: .post, target: "/", body: [])
            await #expect(throws: NoticeError.unsigned) {
                try await fixture.gateway.readEvent(bare, fixture.account, now: now)
            }
        }
    }
}
