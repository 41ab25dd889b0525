import Billing
import Fields
import Gateways
import HTTP
import Storage

/// Invoices of subscriptions: rows 24 to 27 and 39 to 44 of the contract.
enum InvoiceEndpoints {
    private static let id: [PathParameter] = [.identifier(InvoiceKind.self)]
    private static let subscription: [PathParameter] = [.identifier(SubscriptionKind.self)]
    private static let core: [EndpointTag] = [.essentials, .subscriptions, .core, .invoices]
    private static let tags: [EndpointTag] = [.subscriptions, .invoices]

    static let all: [Endpoint] = [
        .perform(
            .post, "/subscription-invoices/{sub}/generate", "generateInvoice",
            Declaration(
                tags: core, summary: "Bill a subscription now",
                about: """
                    Its waiting items and the lines given; with neither, the next period, which renewal then skips. A saved \
                    method is charged at once, and the answer shows the outcome: paid, or open with payment_failure.
                    """,
                parameters: subscription, errors: [.invalidState, .invoiceOpen],
                example: #"{"lines":[{"description":"Extra seats","quantity":2,"unit_price":9.50}]}"#),
            status: 201, input: GenerateInput.self,
            recover: { context, raw, record, snapshot in
                InvoiceAnswer(try SubscriptionCharge.recover(context, raw, record, snapshot))
            }
        ) { context, call in
            let id = try call.identifier(SubscriptionKind.self)
            return InvoiceAnswer(
                try await SubscriptionCharge.perform(context) { transaction in
                    let invoice = try Subscriptions(context.ledger).generate(
                        id, call.input, application: context.application, by: context.act, in: transaction)
                    return (id, invoice.id)
                })
        },
        .read(
            "/subscription-invoices/upcoming/{sub}", "getUpcomingInvoice",
            Declaration(
                tags: core, summary: "Get a subscription's next invoice as it will be",
                about: "To the cent, as things stand; it has no id and no number yet.", parameters: subscription)
        ) { context, call, snapshot in
            One(
                try Subscriptions(context.ledger).upcoming(
                    try call.identifier(SubscriptionKind.self), application: context.application, in: snapshot))
        },
        .perform(
            .post, "/subscription-invoices/{id}/payment", "payInvoice",
            Declaration(
                tags: core, summary: "Pay an invoice",
                about: """
                    Charges a saved method of the customer, the usual one unless another or a gateway is named, or records \
                    money that was received outside.
                    """, parameters: id,
                errors: [.paymentDeclined, .paymentMethodRequired, .invalidState, .paymentInFlight],
                example: #"{"offline":{"amount":29.99,"reference":"Transfer 4711"}}"#),
            input: InvoicePaymentInput.self, recover: recoverPayment, pay),
        .report(
            "/subscription-invoices/stats/overview", "getInvoiceStats",
            Declaration(
                tags: core, summary: "Get invoices in figures",
                about:
                    "Counts and sums by status and currency, ageing of what is overdue, days to pay, collection rate."),
            query: InvoiceStatsQuery.self
        ) { context, call, snapshot in
            var view = InvoiceStatsView()
            view.from = call.query.from
            view.to = call.query.to
            view.currencies = try Refusal.ofQuery { () throws(Refusal) in
                try InvoiceStatistics(of: context.application.id).overview(
                    from: call.query.from, to: call.query.to, now: context.now(in: snapshot), in: snapshot)
            }
            return One(view)
        },
        .list(
            "/subscription-invoices", "listInvoices", Declaration(tags: tags, summary: "List invoices"),
            filter: InvoiceFilter.self
        ) { context, call, snapshot in
            call.query.filter.plan(context.application.id, context.ledger, snapshot)
        },
        .read(
            "/subscription-invoices/{id}", "getInvoice",
            Declaration(tags: tags, summary: "Get an invoice", parameters: id)
        ) { context, call, snapshot in
            One(try find(context, try call.identifier(InvoiceKind.self), snapshot))
        },
        .change(
            .post, "/subscription-invoices/{id}/void", "voidInvoice",
            Declaration(
                tags: tags, summary: "Void an invoice",
                about: "Nothing is owed any more, and used credit returns; one that was paid is credited instead.",
                parameters: id, errors: [.invalidState, .paymentInFlight], example: #"{"reason":"Billed in error"}"#),
            input: ReasonInput.self
        ) { context, call, transaction in
            One(
                dressed(
                    try Invoices(context.ledger).void(
                        try call.identifier(InvoiceKind.self), application: context.application,
                        by: context.act.because(call.input.reason), in: transaction), context, transaction))
        },
        .change(
            .post, "/subscription-invoices/{id}/uncollectible", "giveUpInvoice",
            Declaration(
                tags: tags, summary: "Give an invoice up",
                about: "It is not tried any more; it can still be paid, or voided.", parameters: id,
                errors: [.invalidState, .paymentInFlight], example: #"{"reason":"Customer is insolvent"}"#),
            input: ReasonInput.self
        ) { context, call, transaction in
            One(
                dressed(
                    try Invoices(context.ledger).markUncollectible(
                        try call.identifier(InvoiceKind.self), application: context.application,
                        by: context.act.because(call.input.reason), in: transaction), context, transaction))
        },
        .perform(
            .post, "/subscription-invoices/{id}/credit", "creditInvoice",
            Declaration(
                tags: tags, summary: "Credit an invoice, as a whole or by line",
                about: """
                    What is still due is reduced first; what was paid goes to the customer's balance, or back to where it \
                    came from.
                    """, parameters: id, errors: [.invalidState, .paymentInFlight],
                example: #"{"lines":[{"line":0,"amount":5.00}],"destination":"refund","reason":"Outage"}"#),
            status: 201, input: CreditInput.self, recover: recoverCredit, credit),
        .document(
            "/subscription-invoices/{id}/document", "getInvoiceDocument",
            Declaration(
                tags: tags, summary: "Get an invoice as a document",
                about: "HTML without scripts or other files; it prints on A4 and Letter.", parameters: id),
            type: "text/html"
        ) { context, call, snapshot in
            let document = try Invoices(context.ledger).document(
                try call.identifier(InvoiceKind.self), application: context.application, in: snapshot)
            let name = document.invoice.number ?? document.invoice.id.description
            var page = context.services.invoiceDocument(document)
            page.headers.append(("Content-Disposition", "inline; filename=\"\(name).html\""))
            return page
        },
    ]

    private static func find(
        _ context: RequestContext, _ id: InvoiceID, _ snapshot: Snapshot
    ) throws(Refusal) -> Invoice {
        dressed(
            try Invoices(context.ledger).find(id, application: context.application.id, in: snapshot), context, snapshot)
    }

    private static func dressed(_ invoice: Invoice, _ context: RequestContext, _ snapshot: Snapshot) -> Invoice {
        Invoices(context.ledger).dressed(invoice, in: snapshot)
    }

    // MARK: Paying

    @Sendable private static func pay(
        _ context: RequestContext, _ call: Call<InvoicePaymentInput, NoInput>
    ) async throws -> InvoicePaymentAnswer {
        let id = try call.identifier(InvoiceKind.self)
        try call.input.check()
        if let offline = call.input.offline {
            return try await context.transact { transaction in
                var answer = InvoicePaymentAnswer()
                let paid = try Refusal.of("offline") { () throws(Refusal) in
                    try Invoices(context.ledger).recordOffline(
                        id, offline, application: context.application, by: context.act, in: transaction)
                }
                answer.invoice = dressed(paid, context, transaction)
                context.keep(200, Envelope.render(answer), in: transaction)
                return answer
            }
        }
        let payment = try await context.services.engine.collect(
            invoice: id, application: context.application.id, method: call.input.paymentMethod,
            gateway: call.input.gateway, by: context.act, first: context.gate)
        return try await context.store.read { snapshot in
            var answer = InvoicePaymentAnswer()
            answer.invoice = try find(context, id, snapshot)
            answer.payment = try taken(payment.hash, context, snapshot)
            return answer
        }
    }

    /// A payment that took money, or may have.
    ///
    /// - Throws: `payment_declined` with the decline.
    private static func taken(
        _ hash: PaymentHash, _ context: RequestContext, _ snapshot: Snapshot
    ) throws(Refusal) -> Payment {
        let payment = try Payments(context.ledger).find(hash, application: context.application.id, in: snapshot)
        guard payment.status != .failed else { throw .declined(payment.attempts.last?.failure) }
        return context.ledger.dressed(payment, in: snapshot)
    }

    /// The invoice as it stands, with its newest payment: while that takes money there is no other.
    @Sendable private static func recoverPayment(
        _ context: RequestContext, _ raw: RawCall, _ record: IdempotencyRecord, _ snapshot: Snapshot
    ) throws -> InvoicePaymentAnswer {
        var answer = InvoicePaymentAnswer()
        answer.invoice = try find(context, try raw.identifier(InvoiceKind.self), snapshot)
        answer.payment = try answer.invoice.payments.last.map { hash throws(Refusal) in
            try taken(hash, context, snapshot)
        }
        return answer
    }

    // MARK: Crediting

    /// The note and its refunds are one transaction; a crash after it leaves the calls to the due work.
    @Sendable private static func credit(
        _ context: RequestContext, _ call: Call<CreditInput, NoInput>
    ) async throws -> CreditAnswer {
        let id = try call.identifier(InvoiceKind.self)
        let outcome = try await context.transact { transaction in
            let outcome = try Invoices(context.ledger).credit(
                id, call.input, application: context.application, by: context.act, in: transaction)
            context.bind(outcome.note.id.description, in: transaction)
            return outcome
        }
        await context.services.engine.send(outcome.refunds, by: context.act)
        return try await context.store.read { snapshot in
            try CreditAnswer(outcome.note.id, of: context.application.id, in: snapshot)
        }
    }

    @Sendable private static func recoverCredit(
        _ context: RequestContext, _ raw: RawCall, _ record: IdempotencyRecord, _ snapshot: Snapshot
    ) throws -> CreditAnswer {
        guard let id = CreditNoteID(record.objectID) else { throw Refusal.notFound("credit note") }
        return try CreditAnswer(id, of: context.application.id, in: snapshot)
    }
}
