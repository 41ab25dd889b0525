import Billing
import Fields
import Gateways
import HTTP
import Storage

/// Payments and their refunds: rows 1 to 8 of the contract.
enum PaymentEndpoints {
    private static let sample: StaticString = """
        {"amount":99.99,"currency":"USD","description":"Order 1001","customer_email":"ada@example.com",\
        "customer_name":"Ada Lovelace","return_url":"https://shop.example/return"}
        """

    static let all: [Endpoint] = [
        .change(
            .post, "/payments", "createPayment",
            Declaration(
                tags: [.essentials, .core, .payments], summary: "Create a payment session",
                about: "Answers the payment and, beside it, a start address for each usable gateway.", example: sample),
            status: 201, input: PaymentInput.self
        ) { context, call, transaction in try create(context, call.input, transaction) },
        .change(
            .post, "/payments/hosted-url", "createHostedPayment",
            Declaration(
                tags: [.essentials, .core, .payments], summary: "Create a payment with a hosted checkout page",
                example: sample),
            status: 201, input: PaymentInput.self
        ) { context, call, transaction in HostedPaymentAnswer(try create(context, call.input, transaction)) },
        .list(
            "/payments", "listPayments",
            Declaration(tags: [.essentials, .core, .payments], summary: "List payments"), filter: PaymentFilter.self
        ) { context, call, snapshot in
            call.query.filter.plan(context.application.id, context.ledger, snapshot)
        },
        .read(
            "/payments/{hash}", "getPayment",
            Declaration(
                tags: [.essentials, .core, .payments], summary: "Get a payment with its attempts and refunds",
                parameters: [.identifier(PaymentKind.self)])
        ) { context, call, snapshot in
            One(try find(context, try call.identifier(PaymentKind.self), snapshot))
        },
        .perform(
            .post, "/payments/{hash}/cancel", "cancelPayment",
            Declaration(
                tags: [.essentials, .payments], summary: "Cancel a pending payment",
                about: "Open sessions at gateways are expired first.", parameters: [.identifier(PaymentKind.self)],
                errors: [.invalidState, .paymentInFlight]),
            input: NoInput.self, recover: recoverPayment
        ) { context, call in
            One(
                try await context.services.engine.cancel(
                    try call.identifier(PaymentKind.self), application: context.application.id,
                    reason: .requestedByMerchant, by: context.act, first: context.gate))
        },
        .perform(
            .post, "/payments/{hash}/sync", "syncPayment",
            Declaration(
                tags: [.essentials, .payments], summary: "Ask the gateway now and reconcile",
                parameters: [.identifier(PaymentKind.self)]),
            input: NoInput.self, recover: recoverPayment
        ) { context, call in
            One(
                try await context.services.engine.sync(
                    try call.identifier(PaymentKind.self), application: context.application.id, by: context.act,
                    first: context.gate))
        },
        .perform(
            .post, "/payments/{hash}/refunds", "createRefund",
            Declaration(
                tags: [.essentials, .payments], summary: "Refund a payment, in full or in part",
                parameters: [.identifier(PaymentKind.self)], errors: [.invalidState, .paymentInFlight],
                example: #"{"amount":10.00,"reason":"Returned"}"#),
            status: 201, input: RefundInput.self, recover: recoverRefund
        ) { context, call in
            One(
                try await context.services.engine.refund(
                    try call.identifier(PaymentKind.self), application: context.application.id,
                    amount: call.input.amount, reason: call.input.reason, by: context.act, first: context.gate,
                    made: { context.bind($0.description, in: $1) }
                ).refund)
        },
        .read(
            "/payments/{hash}/refunds", "listRefunds",
            Declaration(
                tags: [.essentials, .payments], summary: "List a payment's refunds",
                parameters: [.identifier(PaymentKind.self)])
        ) { context, call, snapshot in
            Everything(try find(context, try call.identifier(PaymentKind.self), snapshot).refunds)
        },
    ]

    private static func create(
        _ context: RequestContext, _ input: PaymentInput, _ transaction: Transaction
    ) throws -> PaymentAnswer {
        var answer = PaymentAnswer()
        let payment = try Payments(context.ledger).create(
            input, application: context.application, by: context.act, in: transaction)
        let all = Payments.gateways(of: context.application.id, in: transaction)
        answer.payment = payment
        answer.gateways = Payments.route(all, allowed: payment.allowedGateways, amount: payment.amount).map {
            var link = StartLink()
            link.gateway = $0.gateway
            link.name = $0.displayName
            link.method = $0.methods.first ?? ""
            link.url = context.ledger.links.start(payment, gateway: $0.gateway)
            return link
        }
        return answer
    }

    private static func find(
        _ context: RequestContext, _ hash: PaymentHash, _ snapshot: Snapshot
    ) throws(Refusal) -> Payment {
        let payment = try Payments(context.ledger).find(hash, application: context.application.id, in: snapshot)
        return context.ledger.dressed(payment, in: snapshot)
    }

    @Sendable private static func recoverPayment(
        _ context: RequestContext, _ raw: RawCall, _ record: IdempotencyRecord, _ snapshot: Snapshot
    ) throws -> One<Payment> {
        One(try find(context, try raw.identifier(PaymentKind.self), snapshot))
    }

    /// The refund that the interrupted request's first transaction made.
    @Sendable private static func recoverRefund(
        _ context: RequestContext, _ raw: RawCall, _ record: IdempotencyRecord, _ snapshot: Snapshot
    ) throws -> One<Refund> {
        let payment = try find(context, try raw.identifier(PaymentKind.self), snapshot)
        guard let refund = payment.refunds.first(where: { $0.id.description == record.objectID }) else {
            throw Refusal.notFound("refund")
        }
        return One(refund)
    }
}
