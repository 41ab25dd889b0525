import Billing
import Peers
import Runtime
import Storage
import Testing

@testable import Gateways

@Suite struct PayPalTokensTests {
    private static func tokenCalls(_ fixture: PayPalFixture) -> Int {
        fixture.peer.calls.count { $0.operation == PayPalOperation.token }
    }

    @Test func `many who need a token at once share one call`() throws {
        try PayPalFixture.run { fixture in
            fixture.peer.script(PayPalOperation.token, .slow(milliseconds: 500))
            let done = Guarded(0)
            for number in 1...20 as ClosedRange<UInt64> {
                fixture.doors.scheduler.spawn(on: 0) {
                    let outcome = await fixture.gateway.startCheckout(
                        fixture.order(fixture.payment(number)), key: "start-\(number)")
                    if case .opened = outcome { done.withLock { $0 += 1 } }
                }
            }
            await fixture.wait(seconds: 5)
            #expect(done.withLock { $0 } == 20)
            #expect(Self.tokenCalls(fixture) == 1)
            #expect(fixture.peer.orders.count == 20)
        }
    }

    @Test func `a token is kept for hours and fetched anew before its end`() throws {
        try PayPalFixture.run { fixture in
            _ = await fixture.opened(fixture.order(fixture.payment(1)), key: "a")
            await fixture.wait(seconds: 32_000)
            _ = await fixture.opened(fixture.order(fixture.payment(2)), key: "b")
            #expect(Self.tokenCalls(fixture) == 1)
            await fixture.wait(seconds: 400)
            _ = await fixture.opened(fixture.order(fixture.payment(3)), key: "c")
            #expect(Self.tokenCalls(fixture) == 2)
        }
    }

    @Test func `a token that is refused is replaced, and the call made once more`() throws {
        try PayPalFixture.run { fixture in
            let order = fixture.order(fixture.payment())
            let session = await fixture.opened(order)
            fixture.peer.approve(session)
            fixture.peer.forgetAccessTokens()
            let outcome = await fixture.gateway.capture(session, order, with: .approval, key: "capture")
            guard case .succeeded = outcome else { throw Unexpected(outcome) }
            #expect(Self.tokenCalls(fixture) == 2)
            #expect(fixture.peer.ledger.count == 1)
        }
    }

    @Test(arguments: [PeerFault.cutBefore, .storedError(isDone: false), .garbage, .rateLimited, .cutAfter])
    func `without a token nothing was executed`(fault: PeerFault) throws {
        try PayPalFixture.run { fixture in
            let order = fixture.order(fixture.payment())
            let session = await fixture.opened(order)
            fixture.peer.approve(session)
            fixture.peer.forgetAccessTokens()
            fixture.peer.script(PayPalOperation.token, fault)
            let outcome = await fixture.gateway.capture(session, order, with: .approval, key: "capture")
            guard case .notExecuted = outcome else { throw Unexpected(outcome) }
            #expect(fixture.peer.ledger.isEmpty)
        }
    }

    @Test func `wrong credentials are for the operator`() throws {
        try PayPalFixture.run { fixture in
            #expect(await fixture.gateway.test(fixture.account) == nil)
            let wrong = try await fixture.store.transact { transaction in
                var configuration = fixture.account.configuration
                var credentials = GatewayCredentials()
                credentials.clientID = "client"
                credentials.secretKey = "other"
                configuration.seal(credentials, fixture.ledger.vault, in: transaction)
                return configuration
            }
            let account = Account(application: PayPalFixture.application, configuration: wrong)
            #expect(await fixture.gateway.test(account) != nil)
            let order = Order(
                account: account, payment: fixture.payment(), attempt: 1, customerEmail: nil, checkoutURL: "https://x")
            guard case .notExecuted(let failure) = await fixture.gateway.startCheckout(order, key: "start") else {
                Issue.record("started")
                return
            }
            #expect(failure.category == .configuration)
            #expect(failure.gatewayCode == "invalid_client")
        }
    }
}
