package import Billing
package import Fields
import Runtime
import Storage

/// Saved methods that are taken away.
extension PaymentEngine {
    /// Removes a saved method here, durably, and then at its gateway, which is asked again until it has forgotten it.
    ///
    /// - Throws: `not_found` unless it is a method of the customer.
    package func removeMethod(
        _ id: PaymentMethodID, of customer: CustomerID, application: ApplicationID, by act: Act,
        first: @escaping Gate = { _ in }
    ) async throws {
        let ledger = self.ledger
        try await store.transact { transaction in
            try first(transaction)
            try transaction.keepTime(of: application)
            guard transaction.get(PaymentMethod.self, Key(id))?.application == application else {
                throw Refusal.notFound("payment method")
            }
            _ = try PaymentMethods(ledger).remove(id, of: customer, by: act, in: transaction)
        }
        await forgetMethod(id, application)
    }

    /// Hours between tries to have a gateway forget a method.
    private static let forgetDelaySeconds: Int64 = 3600
    /// After so many tries it is left to the operator, with an alert.
    private static let forgetTryLimit: Int64 = 24

    /// Asks a gateway to forget a method that was removed here.
    func forgetMethod(_ id: PaymentMethodID, _ application: ApplicationID) async {
        let found = try? await store.read { snapshot -> (PaymentMethod, GatewayConfiguration?)? in
            guard let method = snapshot.get(PaymentMethod.self, Key(id)), method.forgetAt != nil else { return nil }
            return (method, snapshot.get(GatewayConfiguration.self, Key(application, method.gateway)))
        }
        guard let (method, configuration) = found ?? nil else { return }
        var isForgotten = false
        if let configuration, let adapter = adapter(configuration.adapter),
            let token = ledger.vault.openText(method.token, for: id.description)
        {
            isForgotten = await adapter.forget(
                token, Account(application: application, configuration: configuration))
        }
        let wasForgotten = isForgotten
        let left = try? await store.transact(for: application) { transaction -> PaymentMethod? in
            guard var method = transaction.get(PaymentMethod.self, Key(id)), method.forgetAt != nil else { return nil }
            method.forgetTries += 1
            let isOver = wasForgotten || method.forgetTries >= Self.forgetTryLimit
            method.forgetAt = isOver ? nil : transaction.now.adding(seconds: Self.forgetDelaySeconds)
            transaction.put(method)
            return method
        }
        if !wasForgotten, let method = left ?? nil, method.forgetAt == nil {
            doors.log.write(.error, "method_not_forgotten", [("payment_method", id.description)])
        }
    }
}

/// Saved methods that their gateways changed.
extension PaymentEngine {
    /// Reads a saved method at its gateway and records what it looks like now; one that is gone is removed.
    ///
    /// - Returns: whether this application has such a method.
    /// - Throws: `unavailable` when the gateway did not tell.
    package func lookMethod(
        digest: Blob, gateway: String, application: ApplicationID, by act: Act
    ) async throws -> Bool {
        let key = Key(application, gateway).adding(digest.bytes)
        let found = try await store.read { snapshot -> (PaymentMethod, GatewayConfiguration)? in
            guard let method = snapshot.first(PaymentMethod.byDigest, key),
                let configuration = snapshot.get(GatewayConfiguration.self, Key(application, gateway))
            else { return nil }
            return (method, configuration)
        }
        guard let (method, configuration) = found, let adapter = adapter(configuration.adapter),
            let token = ledger.vault.openText(method.token, for: method.id.description)
        else { return false }
        guard method.removedAt == nil else { return true }
        let account = Account(application: application, configuration: configuration)
        let reading = await adapter.readMethod(token, account)
        guard reading != .unknown else {
            throw Refusal(.unavailable, "The gateway did not tell what became of the saved method.")
        }
        let ledger = self.ledger
        try await store.transact(for: application) { transaction in
            guard let current = transaction.get(PaymentMethod.self, Key(method.id)), current.removedAt == nil,
                let owner = transaction.get(Application.self, Key(application))
            else { return }
            let methods = PaymentMethods(ledger)
            switch reading {
            case .present(let saved): methods.refresh(current, saved, mode: owner.mode, by: act, in: transaction)
            case .gone: _ = try methods.remove(current.id, of: current.customer, by: act, in: transaction)
            case .unknown: break
            }
        }
        return true
    }
}
