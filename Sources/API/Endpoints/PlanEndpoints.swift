import Billing
import Fields
import HTTP
import Storage

/// Plans: rows 22, 23 and 36 to 38 of the contract.
enum PlanEndpoints {
    private static let id: [PathParameter] = [.text("The plan's id, such as `plan_premium_monthly`.")]

    static let all: [Endpoint] = [
        .list(
            "/subscription-plans", "listPlans",
            Declaration(tags: [.essentials, .subscriptions, .core, .plans], summary: "List plans"),
            filter: PlanFilter.self
        ) { context, call, _ in call.query.filter.plan(context.application.id) },
        .read(
            "/subscription-plans/{id}", "getPlan",
            Declaration(
                tags: [.essentials, .subscriptions, .core, .plans], summary: "Get a plan", parameters: id)
        ) { context, call, snapshot in
            One(try Plans(context.ledger).find(call.text(), application: context.application.id, in: snapshot))
        },
        .change(
            .post, "/subscription-plans", "createPlan",
            Declaration(
                tags: [.subscriptions, .plans], summary: "Create a plan",
                about: "The id may be given; it stays taken, also by an archived plan.", errors: [.alreadyExists],
                example: """
                    {"id":"plan_premium_monthly","name":"Premium Monthly","price":29.99,"currency":"USD",\
                    "billing_cycle":"monthly","trial_days":14,"features":["Everything","Support by phone"]}
                    """),
            status: 201, input: PlanInput.self
        ) { context, call, transaction in
            One(
                try Plans(context.ledger).create(
                    call.input, application: context.application, by: context.act, in: transaction))
        },
        .change(
            .patch, "/subscription-plans/{id}", "updatePlan",
            Declaration(
                tags: [.subscriptions, .plans], summary: "Change a plan",
                about: """
                    A member left out stays; null clears. Price, currency and cycle are fixed once a subscription has used \
                    the plan; its subscriptions keep what was agreed.
                    """,
                parameters: id, example: #"{"name":"Premium","features":["Everything"]}"#),
            input: PlanPatch.self
        ) { context, call, transaction in
            One(
                try Plans(context.ledger).update(
                    call.text(), call.input, application: context.application, by: context.act, in: transaction))
        },
        .change(
            .delete, "/subscription-plans/{id}", "archivePlan",
            Declaration(
                tags: [.subscriptions, .plans], summary: "Archive a plan",
                about: "Its subscriptions go on; new ones cannot take it.", parameters: id,
                errors: [.invalidState]),
            input: NoInput.self
        ) { context, call, transaction in
            One(
                try Plans(context.ledger).archive(
                    call.text(), application: context.application, by: context.act, in: transaction))
        },
    ]
}
