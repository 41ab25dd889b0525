package import Billing
package import HTTP
package import Runtime

/// Payment outside of every gateway, by bank transfer: the buyer sees what to do and a reference, and the merchant says
/// when the money has come and when it has gone back.
///
/// It calls nobody. Its session is the reference, and its page is one of this server's own: `{checkout}/transfer/{n}`.
package final class ManualGateway: GatewayAdapter {
    package static let adapterName = "manual"
    package let name = ManualGateway.adapterName

    package init() {}

    /// Of a transfer, as people are shown it.
    static let method = MethodSummary(type: "transfer")

    private static func page(_ order: Order) -> String { order.checkoutURL + "/transfer/\(order.attempt)" }

    package func startCheckout(_ order: Order, key: String) async -> StartOutcome {
        guard let instructions = order.account.configuration.instructions, !instructions.isEmpty else {
            return .notExecuted(
                Failure("gateway_misconfigured", "The gateway has no instructions for buyers.", .configuration))
        }
        return .opened(
            session: TransferReference.text(order.payment, attempt: order.attempt), url: Self.page(order))
    }

    /// Nobody but the merchant can say that the money came.
    package func capture(
        _ session: String, _ order: Order, with instrument: Instrument, key: String
    ) async -> Outcome {
        .requiresAction(url: Self.page(order))
    }

    package func status(_ session: String, _ order: Order, key: String) async -> Outcome {
        .requiresAction(url: Self.page(order))
    }

    /// A transfer that is made all the same is recorded when the merchant says so.
    package func cancel(_ session: String, _ order: Order) async -> ExpiryOutcome { .expired }

    /// The merchant sends the money back and says so; until then it is on its way.
    package func refund(_ charge: String, _ amount: Money, _ order: Order, key: String) async -> RefundOutcome {
        .pending(reference: key)
    }

    package func refundStatus(
        _ charge: String, reference: String?, _ order: Order, key: String
    ) async -> RefundOutcome {
        .pending(reference: reference ?? key)
    }

    private static let savesNothing = Failure(
        "not_supported", "Nothing can be saved for later with a bank transfer.", .gateway)

    package func startSave(_ order: Order, key: String) async -> StartOutcome { .notExecuted(Self.savesNothing) }

    package func charge(_ token: String, _ order: Order, prepared: String, key: String) async -> Outcome {
        .notExecuted(Self.savesNothing)
    }

    package func forget(_ token: String, _ account: Account) async -> Bool { true }

    package func list(since time: Timestamp, _ account: Account) async -> [ListedCharge]? { nil }

    package func test(_ account: Account) async -> String? {
        account.configuration.instructions?.isEmpty == false ? nil : "The gateway has no instructions for buyers."
    }

    package func readEvent(_ request: Request, _ account: Account, now: Timestamp) async throws(NoticeError) -> Notice {
        throw .unsigned
    }
}
