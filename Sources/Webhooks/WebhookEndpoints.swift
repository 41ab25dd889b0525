package import Billing
import Fields
import Runtime
package import Storage

/// Creating, changing and testing webhook endpoints, inside a transaction.
package struct WebhookEndpoints: Sendable {
    package let ledger: Ledger

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    /// - Returns: the endpoint with its secret in the clear, which is never shown again.
    /// - Throws: `validation_failed` with every issue; `invalid_state` when the application has as many as it may.
    package func create(
        _ input: WebhookEndpointInput, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> WebhookEndpoint {
        var issues = InputIssues()
        checkURL(input.url, application.mode, &issues)
        let events = input.events.isEmpty ? ["*"] : checked(input.events, &issues)
        guard issues.issues.isEmpty else { throw .invalid(issues.issues) }
        guard list(of: application.id, in: transaction).count < WebhookEndpoint.limit else {
            throw Refusal(
                .invalidState,
                "The application has \(WebhookEndpoint.limit) webhook endpoints, which is the limit; delete one first.")
        }
        var endpoint = WebhookEndpoint()
        endpoint.id = WebhookEndpointID(in: transaction, purpose: "webhook endpoint")
        endpoint.application = application.id
        endpoint.url = input.url
        endpoint.events = events
        endpoint.description = input.description
        endpoint.ordering = input.ordering ?? .relaxed
        endpoint.createdAt = transaction.now
        let secret = makeSecret(in: transaction)
        endpoint.sealedSecret = seal(secret, of: endpoint.id, in: transaction)
        endpoint = save(endpoint, before: nil, application, "webhook_endpoint.create", act, transaction)
        endpoint.secret = secret
        return endpoint
    }

    /// The endpoints of an application, oldest first.
    package func list(of application: ApplicationID, in snapshot: Snapshot) -> [WebhookEndpoint] {
        var endpoints: [WebhookEndpoint] = []
        snapshot.scan(
            WebhookEndpoint.byApplication, prefix: Key(application), limit: WebhookEndpoint.limit
        ) { endpoint, _ in
            endpoints.append(endpoint)
            return true
        }
        return endpoints
    }

    /// - Throws: `not_found`, also for another application's and for a deleted one.
    package func find(
        _ id: WebhookEndpointID, application: ApplicationID, in snapshot: Snapshot
    ) throws(Refusal) -> WebhookEndpoint {
        guard let endpoint = snapshot.get(WebhookEndpoint.self, Key(id)), endpoint.application == application,
            endpoint.deletedAt == nil
        else { throw .notFound("webhook endpoint") }
        return endpoint
    }

    package func update(
        _ id: WebhookEndpointID, _ patch: WebhookEndpointPatch, application: Application, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) -> WebhookEndpoint {
        let before = try find(id, application: application.id, in: transaction)
        var after = before
        var issues = InputIssues()
        switch patch.url {
        case .keep: break
        case .clear: issues.add("url", "required", "An endpoint has a URL.")
        case .set(let url):
            checkURL(url, application.mode, &issues)
            after.url = url
        }
        switch patch.events {
        case .keep: break
        case .clear: after.events = ["*"]
        case .set(let events): after.events = checked(events, &issues)
        }
        guard issues.issues.isEmpty else { throw .invalid(issues.issues) }
        after.description = patch.description.applied(to: after.description)
        after.ordering = patch.ordering.applied(to: after.ordering, none: .relaxed)
        guard after != before else { return before }
        if before.ordering == .strict, after.ordering == .relaxed {
            DeliveryQueue.beginBacklog(of: &after, in: transaction)
        }
        return save(after, before: before, application, "webhook_endpoint.update", act, transaction)
    }

    /// Removes an endpoint from every list; what was still to be sent to it is given up.
    package func delete(
        _ id: WebhookEndpointID, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> WebhookEndpoint {
        let before = try find(id, application: application.id, in: transaction)
        var after = before
        after.deletedAt = transaction.now
        DeliveryQueue.beginBacklog(of: &after, in: transaction)
        return save(after, before: before, application, "webhook_endpoint.delete", act, transaction)
    }

    /// How long the old secret goes on signing beside a new one.
    package static let overlapSeconds: Int64 = 86_400

    /// Makes a new secret. For 24 hours the old one signs `X-Signature`, the new one `X-Signature-Next`, and
    /// `webhook-signature` has both; a second rotation within that time replaces the new one.
    ///
    /// - Returns: the endpoint with its new secret in the clear, which is never shown again.
    package func rotateSecret(
        _ id: WebhookEndpointID, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> WebhookEndpoint {
        let before = try find(id, application: application.id, in: transaction)
        var after = before
        if let from = before.nextSecretFrom, from <= transaction.now { after.sealedSecret = before.sealedNextSecret }
        let secret = makeSecret(in: transaction)
        after.sealedNextSecret = seal(secret, of: id, in: transaction)
        after.nextSecretFrom = transaction.now.adding(seconds: Self.overlapSeconds)
        after = save(after, before: before, application, "webhook_endpoint.rotate_secret", act, transaction)
        after.secret = secret
        return after
    }

    /// Sends to a disabled endpoint again, beginning with what was held for it, in order, each once. An endpoint that
    /// is not disabled stays as it is.
    package func enable(
        _ id: WebhookEndpointID, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> WebhookEndpoint {
        let before = try find(id, application: application.id, in: transaction)
        guard before.state == .disabled else { return before }
        var after = before
        after.state = .delivering
        after.disabledAt = nil
        after.disabledReason = nil
        after.consecutiveFailures = 0
        after.failingSince = nil
        DeliveryQueue.beginBacklog(of: &after, in: transaction)
        return save(after, before: before, application, "webhook_endpoint.enable", act, transaction)
    }

    /// Queues a `webhook_endpoint.test` event for this endpoint alone.
    ///
    /// - Throws: `invalid_state` when the endpoint is disabled.
    package func test(
        _ id: WebhookEndpointID, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Delivery {
        let endpoint = try find(id, application: application.id, in: transaction)
        guard endpoint.state != .disabled else { throw Self.disabled }
        return ledger.sendTest(of: endpoint, mode: application.mode, by: act, in: transaction)
    }

    static let disabled = Refusal(.invalidState, "The webhook endpoint is disabled; enable it first.")

    /// How the newest 100 deliveries went.
    package func health(
        of id: WebhookEndpointID, application: ApplicationID, in snapshot: Snapshot
    ) throws(Refusal) -> EndpointHealth {
        let endpoint = try find(id, application: application, in: snapshot)
        var deliveries: [Delivery] = []
        snapshot.scan(Delivery.byEndpoint, prefix: Key(id), order: .descending, limit: 100) { delivery, _ in
            deliveries.append(delivery)
            return true
        }
        return EndpointHealth(endpoint, deliveries)
    }

    private func makeSecret(in transaction: Transaction) -> String {
        WebhookSignature.secret(transaction.random(32, purpose: "webhook secret"))
    }

    private func seal(_ secret: String, of id: WebhookEndpointID, in transaction: Transaction) -> Blob {
        ledger.vault.seal(Array(secret.utf8), for: id.description, in: transaction)
    }

    private func save(
        _ after: WebhookEndpoint, before: WebhookEndpoint?, _ application: Application, _ action: String, _ act: Act,
        _ transaction: Transaction
    ) -> WebhookEndpoint {
        ledger.save(after, before: before, mode: application.mode, action: action, by: act, in: transaction)
    }

    private func checkURL(_ url: String, _ mode: Mode, _ issues: inout InputIssues) {
        if let complaint = ReceiverURL.complaint(about: url, mode) { issues.add("url", "invalid_format", complaint) }
    }

    /// Event types that can be asked for: all but that of the test, which is always sent.
    package static let eventNames = ["*"] + EventType.allCases.filter { $0 != .webhookEndpointTest }.map(\.rawValue)

    /// The names without repetition.
    private func checked(_ names: [String], _ issues: inout InputIssues) -> [String] {
        if names.isEmpty { issues.add("events", "too_short", "Name at least one event type, or *.") }
        var unique: [String] = []
        for (index, name) in names.enumerated() {
            if !Self.eventNames.contains(name) {
                issues.add(
                    "events[\(index)]", "unknown_value",
                    "There is no such event type; use one of the documented types, or * for all.")
            } else if !unique.contains(name) {
                unique.append(name)
            }
        }
        return unique
    }
}
