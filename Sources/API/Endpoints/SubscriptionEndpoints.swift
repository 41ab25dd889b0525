import Billing
import Fields
import Gateways
import HTTP
import Storage

/// Subscriptions: rows 17 to 21 and 28 to 35 of the contract.
enum SubscriptionEndpoints {
    private static let id: [PathParameter] = [.identifier(SubscriptionKind.self)]
    private static let core: [EndpointTag] = [.essentials, .subscriptions, .core]

    static let all: [Endpoint] = [
        .perform(
            .post, "/subscriptions", "createSubscription",
            Declaration(
                tags: core, summary: "Create a subscription",
                about: """
                    Without a trial the first period is billed at once. A saved method is charged when the request names \
                    customer_id or payment_method_id, and the answer shows the outcome: active, or incomplete with \
                    payment_setup_url and, after a decline, payment_failure. An incomplete subscription is cancelled after \
                    23 hours.
                    """,
                example: """
                    {"customer_email":"ada@example.com","customer_name":"Ada Lovelace","plan_id":"plan_premium_monthly",\
                    "start_date":"2025-01-01","trial_days":14}
                    """),
            status: 201, input: SubscriptionInput.self, recover: SubscriptionCharge.recover
        ) { context, call in
            try await SubscriptionCharge.perform(context) { transaction in
                let made = try service(context).create(
                    call.input, application: context.application, by: context.act, in: transaction)
                return (made.subscription.id, made.invoice?.id)
            }
        },
        .list(
            "/subscriptions", "listSubscriptions", Declaration(tags: core, summary: "List subscriptions"),
            filter: SubscriptionFilter.self
        ) { context, call, snapshot in
            call.query.filter.plan(context.application.id, context.ledger, snapshot)
        },
        .read(
            "/subscriptions/{id}", "getSubscription",
            Declaration(tags: core, summary: "Get a subscription", parameters: id)
        ) { context, call, snapshot in
            let found = try find(context, try call.identifier(SubscriptionKind.self), snapshot)
            return One(service(context).dressed(found, in: snapshot))
        },
        .perform(
            .post, "/subscriptions/{id}/cancel", "cancelSubscription",
            Declaration(
                tags: core, summary: "Cancel a subscription",
                about: """
                    At the end of the period by default; it can be reactivated until then. At once, proration gives back what \
                    was paid for unused time.
                    """,
                parameters: id, errors: [.invalidState],
                example: #"{"at_period_end":false,"proration":"refund","reason":"Moved abroad"}"#),
            input: CancelInput.self,
            recover: { context, raw, _, snapshot in
                try CancelAnswer(recovering: try raw.identifier(SubscriptionKind.self), context, in: snapshot)
            }
        ) { context, call in
            let id = try call.identifier(SubscriptionKind.self)
            let outcome = try await context.transact { transaction in
                try service(context).cancel(
                    id, call.input, application: context.application, by: context.act, in: transaction)
            }
            await context.services.engine.send(outcome.refunds, by: context.act)
            return try await context.store.read { snapshot in try CancelAnswer(outcome, context, in: snapshot) }
        },
        .perform(
            .post, "/subscriptions/{id}/change-plan", "changePlan",
            Declaration(
                tags: core, summary: "Change plan or quantity",
                about: """
                    A change that costs money takes effect once it is paid. The saved method is charged at once; declined, \
                    nothing is changed. Without one the change waits 23 hours in pending_change for the customer to pay its \
                    invoice.
                    """,
                parameters: id, errors: [.paymentDeclined, .invalidState, .invoiceOpen],
                example: #"{"plan_id":"plan_business_monthly","proration":"invoice_now"}"#),
            input: ChangeInput.self, recover: SubscriptionCharge.recoverChange
        ) { context, call in
            let id = try call.identifier(SubscriptionKind.self)
            let answer = try await SubscriptionCharge.perform(context) { transaction in
                let outcome = try service(context).changePlan(
                    id, call.input, application: context.application, by: context.act, in: transaction)
                return (id, outcome.invoice?.id)
            }
            return try SubscriptionCharge.unlessDeclined(answer)
        },
        .change(
            .post, "/subscriptions/{id}/change-plan/preview", "previewPlanChange",
            Declaration(
                tags: [.subscriptions], summary: "Preview a change of plan",
                about: """
                    What it would bill, to the cent, and a token that makes the change bill exactly this or refuse: for an \
                    hour, and until the subscription, an invoice of it or the credit changes.
                    """,
                parameters: id, errors: [.invalidState, .invoiceOpen],
                example: #"{"plan_id":"plan_business_monthly"}"#),
            input: ChangeInput.self
        ) { context, call, transaction in
            One(
                try service(context).previewChange(
                    try call.identifier(SubscriptionKind.self), call.input, application: context.application,
                    now: transaction.now, in: transaction))
        },
        .change(
            .patch, "/subscriptions/{id}", "updateSubscription",
            Declaration(
                tags: [.subscriptions], summary: "Change what is not billed now",
                about: """
                    A member left out stays; null clears. A quantity counts from the next renewal on. A new payment method \
                    pays open invoices at once.
                    """,
                parameters: id, errors: [.invalidState, .invoiceOpen],
                example: #"{"quantity":3,"metadata":{"team":"blue"}}"#),
            input: SubscriptionPatch.self
        ) { context, call, transaction in
            One(
                try service(context).update(
                    try call.identifier(SubscriptionKind.self), call.input, application: context.application,
                    by: context.act, in: transaction))
        },
        .change(
            .post, "/subscriptions/{id}/pause", "pauseSubscription",
            Declaration(
                tags: [.subscriptions], summary: "Pause a subscription",
                about: "No invoices are made, and the period stops until it is resumed.", parameters: id,
                errors: [.invalidState, .invoiceOpen], example: #"{"resume_at":"2030-02-01"}"#),
            input: PauseInput.self
        ) { context, call, transaction in
            One(
                try service(context).pause(
                    try call.identifier(SubscriptionKind.self), call.input, application: context.application,
                    by: context.act, in: transaction))
        },
        .change(
            .post, "/subscriptions/{id}/resume", "resumeSubscription",
            Declaration(
                tags: [.subscriptions], summary: "Resume a paused subscription",
                about: "The period goes on where it stopped.", parameters: id, errors: [.invalidState]),
            input: NoInput.self
        ) { context, call, transaction in
            One(
                try service(context).resume(
                    try call.identifier(SubscriptionKind.self), application: context.application, by: context.act,
                    in: transaction))
        },
        .change(
            .post, "/subscriptions/{id}/reactivate", "reactivateSubscription",
            Declaration(
                tags: [.subscriptions], summary: "Take a cancellation back",
                about: "While it has not yet taken effect.", parameters: id, errors: [.invalidState]),
            input: NoInput.self
        ) { context, call, transaction in
            One(
                try service(context).reactivate(
                    try call.identifier(SubscriptionKind.self), application: context.application, by: context.act,
                    in: transaction))
        },
        .perform(
            .post, "/subscriptions/{id}/activate", "activateSubscription",
            Declaration(
                tags: [.subscriptions], summary: "End the trial now",
                about: """
                    The first full period begins and is charged. The trial is over also when the charge is declined: the \
                    subscription is past_due then, and payment_failure says why.
                    """,
                parameters: id, errors: [.paymentMethodRequired, .invalidState]),
            input: NoInput.self, recover: SubscriptionCharge.recover
        ) { context, call in
            let id = try call.identifier(SubscriptionKind.self)
            return try await SubscriptionCharge.perform(context) { transaction in
                let active = try service(context).activate(
                    id, application: context.application, by: context.act, in: transaction)
                return (id, active.latestInvoice)
            }
        },
        .change(
            .post, "/subscriptions/{id}/payment-method", "createSubscriptionSetup",
            Declaration(
                tags: [.subscriptions], summary: "Make a link on which the customer adds or replaces the card",
                about: """
                    What the customer leaves there is charged for this subscription from then on, its open invoices at once. \
                    The link serves once, within 24 hours.
                    """,
                parameters: id, errors: [.invalidState],
                example: #"{"return_url":"https://shop.example/account"}"#),
            input: SetupInput.self
        ) { context, call, transaction in
            let found = try find(context, try call.identifier(SubscriptionKind.self), transaction)
            var answer = SetupAnswer()
            answer.setup = try PaymentMethodSetups(context.ledger).create(
                for: found, returnURL: call.input.returnURL, by: context.act, in: transaction)
            answer.subscription = service(context).dressed(found, in: transaction)
            answer.url = context.ledger.links.setup(answer.setup)
            return answer
        },
        .list(
            "/subscriptions/{id}/invoices", "listSubscriptionInvoices",
            Declaration(
                tags: [.subscriptions, .invoices], summary: "List a subscription's invoices", parameters: id),
            filter: NoInput.self
        ) { context, call, snapshot in
            let found = try find(context, try call.identifier(SubscriptionKind.self), snapshot)
            let invoices = Invoices(context.ledger)
            return ListPlan<Invoice, Invoice>(
                Invoice.bySubscription, prefix: Key(found.id),
                show: { invoice, snapshot in invoices.dressed(invoice, in: snapshot) })
        },
    ]

    private static func service(_ context: RequestContext) -> Subscriptions { Subscriptions(context.ledger) }

    private static func find(
        _ context: RequestContext, _ id: SubscriptionID, _ snapshot: Snapshot
    ) throws(Refusal) -> Subscription {
        try service(context).find(id, application: context.application.id, in: snapshot)
    }
}
