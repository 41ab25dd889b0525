import Billing
import HTTP
import Peers
import Runtime
import Testing

@testable import Gateways

@Suite struct PayPalNoticeTests {
    private static func request(_ notice: PayPalPeerNotice, body: [UInt8]? = nil, certificate: String? = nil) -> Request
    {
        let headers = notice.headers.map { name, value in
            (name: name, value: name == "PAYPAL-CERT-URL" ? certificate ?? value : value)
        }
        return Request(method: .post, target: "/", headers: Headers(headers), body: body ?? notice.body)
    }

    private static func notice(_ fixture: PayPalFixture) async throws -> (PayPalPeerNotice, Order, session: String) {
        let order = fixture.order(fixture.payment(), attempt: 2)
        let session = await fixture.opened(order)
        fixture.peer.approve(session)
        return (try #require(fixture.peer.takeNotices().first), order, session)
    }

    private static func count(_ fixture: PayPalFixture, _ operation: String) -> Int {
        fixture.peer.calls.count { $0.operation == operation }
    }

    @Test func `a notice is verified with the certificate, which is fetched once`() throws {
        try PayPalFixture.run(isSigning: true) { fixture in
            let (notice, order, session) = try await Self.notice(fixture)
            for _ in 0..<3 {
                let read = try await fixture.gateway.readEvent(
                    Self.request(notice), fixture.account, now: fixture.doors.clock.now())
                #expect(
                    read
                        == Notice(
                            id: notice.id, type: "CHECKOUT.ORDER.APPROVED", subject: .session(session),
                            payment: order.payment, attempt: 2))
            }
            #expect(Self.count(fixture, PayPalOperation.certificate) == 1)
            #expect(Self.count(fixture, PayPalOperation.verify) == 0)
            var other = notice.body
            other[other.count - 2] ^= 1
            await #expect(throws: NoticeError.self) {
                try await fixture.gateway.readEvent(
                    Self.request(notice, body: other), fixture.account, now: fixture.doors.clock.now())
            }
            #expect(Self.count(fixture, PayPalOperation.verify) == 0)
        }
    }

    @Test(arguments: [true, false])
    func `PayPal is asked where the certificate does not hold or cannot be had`(isTrusted: Bool) throws {
        try PayPalFixture.run(isSigning: true, isTrusted: isTrusted) { fixture in
            let (notice, _, _) = try await Self.notice(fixture)
            if isTrusted { fixture.peer.script(PayPalOperation.certificate, .storedError(isDone: false)) }
            let now = fixture.doors.clock.now()
            let read = try await fixture.gateway.readEvent(Self.request(notice), fixture.account, now: now)
            #expect(read.id == notice.id)
            #expect(Self.count(fixture, PayPalOperation.verify) == 1)
            guard !isTrusted else { return }
            let forged = Array(#"{"id":"WH-9","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{}}"#.utf8)
            await #expect(throws: NoticeError.wrongSignature) {
                try await fixture.gateway.readEvent(Self.request(notice, body: forged), fixture.account, now: now)
            }
            fixture.peer.script(PayPalOperation.verify, .cutBefore)
            await #expect(throws: NoticeError.self) {
                try await fixture.gateway.readEvent(Self.request(notice), fixture.account, now: now)
            }
        }
    }

    @Test func `a certificate from elsewhere is not even fetched`() throws {
        try PayPalFixture.run(isSigning: true) { fixture in
            let (notice, _, _) = try await Self.notice(fixture)
            let before = fixture.peer.calls.count
            await #expect(throws: NoticeError.wrongSignature) {
                try await fixture.gateway.readEvent(
                    Self.request(notice, certificate: "https://paypal.localhost/v1/notifications/certs/CERT-1"),
                    fixture.account, now: fixture.doors.clock.now())
            }
            #expect(fixture.peer.calls.count == before)
        }
    }

    @Test func `forged notices by the hundred cost few calls`() throws {
        try PayPalFixture.run(isSigning: true) { fixture in
            let (notice, _, _) = try await Self.notice(fixture)
            let before = fixture.peer.calls.count
            for number in 0..<100 {
                let place = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-\(number)"
                fixture.peer.script(PayPalOperation.certificate, .storedError(isDone: false))
                await #expect(throws: NoticeError.self) {
                    try await fixture.gateway.readEvent(
                        Self.request(notice, body: Array("{\"id\":1}".utf8), certificate: place), fixture.account,
                        now: fixture.doors.clock.now())
                }
            }
            #expect(fixture.peer.calls.count - before <= 30)
        }
    }

    @Test func `our address is registered once`() throws {
        try PayPalFixture.run { fixture in
            let url = "https://pay.example/webhooks/paypal/app"
            for _ in 0..<2 {
                let answer = await fixture.gateway.registerNotices(at: url, fixture.account)
                #expect(answer == .registered(id: PayPalPeer.webhookID, secret: ""))
                #expect(fixture.peer.eventTypes == PayPalRequests.eventTypes)
                fixture.peer.narrowEvents(to: ["CHECKOUT.ORDER.APPROVED"])
            }
            for bad in ["http://pay.example/x", "https://pay.example:8443/x", "nonsense"] {
                guard case .refused = await fixture.gateway.registerNotices(at: bad, fixture.account) else {
                    Issue.record("registered \(bad)")
                    continue
                }
            }
        }
    }

    @Test(
        arguments: [
            ("CHECKOUT.ORDER.APPROVED", #"{"id":"5O1"}"#, Notice.Subject.session("5O1")),
            ("CHECKOUT.PAYMENT-APPROVAL.REVERSED", #"{"order_id":"5O1"}"#, .session("5O1")),
            (
                "PAYMENT.CAPTURE.COMPLETED",
                #"{"id":"2G1","supplementary_data":{"related_ids":{"order_id":"5O1"}}}"#, .session("5O1")
            ),
            ("PAYMENT.CAPTURE.DENIED", #"{"id":"2G1"}"#, .session("2G1")),
            (
                "PAYMENT.CAPTURE.REFUNDED",
                #"{"id":"1J1","links":[{"rel":"up","href":"https://api.paypal.com/v2/payments/captures/2G1"}]}"#,
                .refunds(charge: "2G1")
            ),
            ("PAYMENT.CAPTURE.REVERSED", #"{"id":"1J1"}"#, .other),
            ("VAULT.PAYMENT-TOKEN.CREATED", #"{"id":"8k1","metadata":{"order_id":"5O1"}}"#, .session("5O1")),
            ("VAULT.PAYMENT-TOKEN.CREATED", #"{"id":"8k1"}"#, .method(token: "8k1")),
            ("VAULT.PAYMENT-TOKEN.DELETED", #"{"id":"8k1"}"#, .method(token: "8k1")),
            (
                "CUSTOMER.DISPUTE.CREATED", #"{"disputed_transactions":[{"seller_transaction_id":"2G1"}]}"#,
                .dispute(charge: "2G1")
            ),
            ("CUSTOMER.DISPUTE.CREATED", #"{}"#, .other), ("CHECKOUT.ORDER.APPROVED", #"{"id":"../x"}"#, .other),
            ("SOMETHING.NEW", #"{"id":"5O1"}"#, .other),
        ] as [(String, String, Notice.Subject)])
    func `what a notice is about`(type: String, resource: String, subject: Notice.Subject) throws {
        let body = Array(#"{"id":"WH-1","event_type":"\#(type)","resource":\#(resource)}"#.utf8)
        let read = try PayPalNotice.read(try #require(PayPalNotice.object(body)))
        #expect(read.subject == subject)
    }
}
