import Billing
import Fields
import Gateways
import HTTP
import Runtime
import Storage

/// Customers, their saved methods and their portal: rows 9 to 15 of the contract.
enum CustomerEndpoints {
    private static let id: [PathParameter] = [.identifier(CustomerKind.self)]
    private static let tags: [EndpointTag] = [.essentials, .customers]

    /// Seconds a portal link can be opened.
    private static let portalLinkSeconds: Int64 = 1800

    static let all: [Endpoint] = [
        .change(
            .post, "/customers", "createCustomer",
            Declaration(
                tags: tags, summary: "Create a customer", errors: [.alreadyExists],
                example: #"{"email":"ada@example.com","name":"Ada Lovelace"}"#),
            status: 201, input: CustomerInput.self
        ) { context, call, transaction in
            One(
                try Customers(context.ledger).create(
                    call.input, application: context.application, by: context.act, in: transaction))
        },
        .list(
            "/customers", "listCustomers", Declaration(tags: tags, summary: "List customers"),
            filter: CustomerFilter.self
        ) { context, call, _ in call.query.filter.plan(context.application.id) },
        .read("/customers/{id}", "getCustomer", Declaration(tags: tags, summary: "Get a customer", parameters: id)) {
            context, call, snapshot in
            One(try find(context, try call.identifier(CustomerKind.self), snapshot))
        },
        .change(
            .patch, "/customers/{id}", "updateCustomer",
            Declaration(
                tags: tags, summary: "Change a customer", about: "A member left out stays; null clears.",
                parameters: id, errors: [.alreadyExists], example: #"{"name":"Ada King"}"#),
            input: CustomerPatch.self
        ) { context, call, transaction in
            One(
                try Customers(context.ledger).update(
                    try call.identifier(CustomerKind.self), call.input, application: context.application,
                    by: context.act, in: transaction))
        },
        .perform(
            .delete, "/customers/{id}", "forgetCustomer",
            Declaration(
                tags: tags, summary: "Forget a customer",
                about: "The person is forgotten, also by the gateways; the money trail stays.", parameters: id,
                errors: [.invalidState]),
            input: NoInput.self,
            recover: { context, raw, _, snapshot in
                let id = try raw.identifier(CustomerKind.self)
                guard let customer = snapshot.get(Customer.self, Key(id)),
                    customer.application == context.application.id
                else { throw Refusal.notFound("customer") }
                return One(customer)
            }
        ) { context, call in try await forget(context, try call.identifier(CustomerKind.self)) },
        .read(
            "/customers/{id}/payment-methods", "listPaymentMethods",
            Declaration(
                tags: tags, summary: "List a customer's saved methods", about: "Never a number or a token.",
                parameters: id)
        ) { context, call, snapshot in
            let customer = try find(context, try call.identifier(CustomerKind.self), snapshot)
            return Everything(Customers.methods(of: customer.id, in: snapshot))
        },
        .change(
            .post, "/customers/{id}/portal-session", "createPortalSession",
            Declaration(
                tags: tags, summary: "Make a one-time link to the customer's portal", parameters: id,
                example: #"{"return_url":"https://shop.example/account"}"#),
            status: 201, input: PortalSessionInput.self
        ) { context, call, transaction in
            let customer = try find(context, try call.identifier(CustomerKind.self), transaction)
            var session = PortalSession()
            session.token = Blob(transaction.random(16, purpose: "portal token"))
            session.application = context.application.id
            session.customer = customer.id
            session.createdAt = transaction.storeTime
            session.expiresAt = transaction.storeTime.adding(seconds: portalLinkSeconds)
            session.returnURL = call.input.returnURL
            transaction.put(session)
            context.ledger.audit(
                "portal_session.create", on: customer.id.description, application: context.application.id,
                by: context.act, in: transaction)
            transaction.notify(Topics.due)
            var view = PortalSessionView()
            view.url = context.ledger.links.portal(session)
            view.expiresAt = session.expiresAt
            return One(view)
        },
    ]

    private static func find(
        _ context: RequestContext, _ id: CustomerID, _ snapshot: Snapshot
    ) throws(Refusal) -> Customer {
        try Customers(context.ledger).find(id, application: context.application.id, in: snapshot)
    }

    /// Forgets here first, then at the gateways; a gateway that does not answer keeps a token nobody else has.
    private static func forget(_ context: RequestContext, _ id: CustomerID) async throws -> One<Customer> {
        let application = context.application
        let act = context.act
        let ledger = context.ledger
        let (customer, methods) = try await context.transact { transaction in
            let methods = try Customers(ledger).forget(id, application: application, by: act, in: transaction)
            return (transaction.get(Customer.self, Key(id)) ?? Customer(), methods)
        }
        for method in methods {
            let configuration = try? context.store.readSync { snapshot in
                snapshot.get(GatewayConfiguration.self, Key(application.id).adding(method.gateway))
            }
            guard let configuration, let adapter = context.services.engine.adapter(configuration.adapter),
                let token = ledger.vault.openText(method.token, for: method.id.description)
            else { continue }
            let account = Account(application: application.id, configuration: configuration)
            if await !adapter.forget(token, account) {
                context.doors.log.write(
                    .warning, "saved_method_not_forgotten",
                    [("gateway", method.gateway), ("payment_method", method.id.description)])
            }
        }
        return One(customer)
    }
}
