import Billing
import Fields
import Peers
import Runtime
import Storage
import Testing

@testable import Gateways

@Suite struct ManualGatewayTests {
    private static func opened(_ fixture: PayPalFixture) async throws -> Payment {
        let payment = fixture.payment()
        try await fixture.keep(payment)
        let step = try await fixture.engine.start(payment.hash, gateway: "bank", by: .buyer)
        guard case .buyer = step else { throw Unexpected(step) }
        return payment
    }

    private static func receive(
        _ fixture: PayPalFixture, _ payment: Payment, _ reference: String? = nil
    ) async throws -> Payment {
        try await fixture.engine.markReceived(
            payment.hash, application: PayPalFixture.application, reference: reference, by: .system)
    }

    @Test func `the page shows what to do until the merchant has the money`() throws {
        try PayPalFixture.run { fixture in
            let payment = try await Self.opened(fixture)
            let page = try #require(try await fixture.engine.transfer(payment.hash, attempt: 1))
            #expect(page.state == .awaited)
            #expect(page.amount == payment.amount)
            #expect(page.instructions == "Account 12345 at Example Bank.")
            #expect(TransferReference.isValid(page.reference))
            let step = try await fixture.engine.returned(payment.hash, by: .buyer)
            #expect(step == .buyer(url: "https://pay.example/checkout/01/transfer/1"))
            let received = try await Self.receive(fixture, payment)
            #expect(received.status == .completed)
            #expect(received.gateway == "bank")
            #expect(received.method?.type == "transfer")
            #expect(try await fixture.engine.transfer(payment.hash, attempt: 1)?.state == .received)
            #expect(try await fixture.engine.transfer(payment.hash, attempt: 2) == nil)
        }
    }

    @Test func `marking twice is once, and a second transfer is refused`() throws {
        try PayPalFixture.run { fixture in
            let payment = try await Self.opened(fixture)
            _ = try await Self.receive(fixture, payment, "B-1")
            let again = try await Self.receive(fixture, payment, "B-1")
            #expect(again.attempts.count { $0.chargeReference != nil } == 1)
            await #expect(throws: Refusal.self) { try await Self.receive(fixture, payment, "B-2") }
        }
    }

    @Test func `money that comes after another way was chosen is to be sent back`() throws {
        try PayPalFixture.run { fixture in
            let payment = try await Self.opened(fixture)
            _ = try await fixture.engine.start(payment.hash, gateway: "paypal", by: .buyer)
            fixture.peer.approve(try #require(fixture.peer.orders.last?.id))
            #expect(try await fixture.engine.returned(payment.hash, by: .buyer) == .completed)
            let received = try await Self.receive(fixture, payment)
            #expect(received.status == .completed)
            #expect(received.gateway == "paypal")
            await fixture.due()
            let refund = try #require(try await fixture.now(payment).refunds.first)
            #expect(refund.status == .pending)
            #expect(refund.isAutomatic)
            let recorded = try await fixture.engine.recordRefund(
                payment.hash, refund: refund.id, application: PayPalFixture.application, isDone: true,
                reference: "B-9", by: .system)
            #expect(recorded.refunds.map(\.status) == [.succeeded])
            #expect(recorded.refunds.map(\.gatewayReference) == ["B-9"])
        }
    }

    @Test(arguments: [true, false])
    func `a refund waits until the merchant says what became of it`(isDone: Bool) throws {
        try PayPalFixture.run { fixture in
            let payment = try await Self.opened(fixture)
            _ = try await Self.receive(fixture, payment)
            let refund = try await fixture.engine.refund(
                payment.hash, application: PayPalFixture.application, amount: nil, reason: nil, by: .system
            ).refund
            #expect(refund.status == .pending)
            await fixture.wait(seconds: 90_000)
            await fixture.due()
            #expect(try await fixture.now(payment).refunds.map(\.status) == [.pending])
            let recorded = try await fixture.engine.recordRefund(
                payment.hash, refund: refund.id, application: PayPalFixture.application, isDone: isDone,
                reference: nil, by: .system)
            #expect(recorded.refunds.map(\.status) == [isDone ? .succeeded : .failed])
            #expect(recorded.amountRefunded.units == (isDone ? 9_999 : 0))
            await #expect(throws: Refusal.self) {
                try await fixture.engine.recordRefund(
                    payment.hash, refund: refund.id, application: PayPalFixture.application, isDone: true,
                    reference: nil, by: .system)
            }
        }
    }

    @Test func `a payment without a transfer cannot be marked, nor can another gateway's refund`() throws {
        try PayPalFixture.run { fixture in
            let payment = fixture.payment()
            try await fixture.keep(payment)
            _ = try await fixture.engine.start(payment.hash, gateway: "paypal", by: .buyer)
            await #expect(throws: Refusal.self) { try await Self.receive(fixture, payment) }
            fixture.peer.approve(try #require(fixture.peer.orders.last?.id))
            _ = try await fixture.engine.returned(payment.hash, by: .buyer)
            fixture.peer.refundsBecome("PENDING")
            let refund = try await fixture.engine.refund(
                payment.hash, application: PayPalFixture.application, amount: nil, reason: nil, by: .system
            ).refund
            await #expect(throws: Refusal.self) {
                try await fixture.engine.recordRefund(
                    payment.hash, refund: refund.id, application: PayPalFixture.application, isDone: true,
                    reference: nil, by: .system)
            }
        }
    }

    @Test(arguments: [
        ("RF18 5390 0754 7034", true), ("RF18539007547034", true), ("RF19 5390 0754 7034", false), ("", false),
        ("RF18", false), ("XX185390", false),
    ])
    func `check digits are those of ISO 11649`(text: String, isRight: Bool) {
        #expect(TransferReference.isValid(text) == isRight)
    }

    @Test func `references are told apart, and a wrong letter or digit is seen`() {
        var all: Set<String> = []
        for number in 1...200 as ClosedRange<UInt64> {
            for attempt in 1...3 as ClosedRange<Int64> {
                let text = TransferReference.text(PaymentHash(value: UInt128(number)), attempt: attempt)
                #expect(text.utf8.count == 16)
                #expect(TransferReference.isValid(TransferReference.spaced(text)))
                let last = text.last ?? " "
                let wrong: Character = last.isNumber ? (last == "0" ? "1" : "0") : (last == "X" ? "Y" : "X")
                #expect(!TransferReference.isValid(String(text.dropLast()) + String(wrong)))
                all.insert(text)
            }
        }
        #expect(all.count == 600)
    }
}
