import Billing
import Bytes
import Crypto
import Fields
package import Gateways
package import HTTP
package import Runtime
import Storage

/// Answers the customer portal: `/portal/{token}` opens a one-time link by a POST, which leads to
/// `/portal/session/{session}`, where the customer sees invoices and saved methods until the link's time is over.
package final class PortalHandler: Sendable {
    private let engine: PaymentEngine
    private let doors: Doors

    package init(engine: PaymentEngine, doors: Doors) {
        self.engine = engine
        self.doors = doors
    }

    /// The answer, or nil when the path is not of the portal.
    package func handle(_ request: Request) async -> Response? {
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard parts.first == "portal", parts.count >= 2 else { return nil }
        do {
            if parts[1] == "session", parts.count >= 3 {
                return try await session(parts[2], Array(parts.dropFirst(3)), request)
            }
            guard parts.count == 2 else { return TroublePages.notFound().response }
            return try await link(parts[1], request)
        } catch {
            doors.log.write(.error, "portal_failed", [("error", "\(error)")])
            return TroublePages.unavailable(retryPath: request.path).response
        }
    }

    private struct Found: Sendable {
        let session: PortalSession
        let application: Application
        let customer: Customer
        let methods: [PaymentMethod]
    }

    private func find(_ body: @escaping @Sendable (Snapshot) -> PortalSession?) async throws -> Found? {
        let now = doors.clock.now()
        return try await engine.store.read { snapshot in
            guard let session = body(snapshot), session.expiresAt > now,
                let application = snapshot.get(Application.self, Key().adding(session.application)),
                let customer = snapshot.get(Customer.self, Key().adding(session.customer)), customer.deletedAt == nil
            else { return nil }
            return Found(
                session: session, application: application, customer: customer,
                methods: Customers.methods(of: customer.id, in: snapshot))
        }
    }

    private func csrf(_ secret: [UInt8]) -> String {
        engine.ledger.vault.derivation.authenticate(Array("csrf.portal.".utf8), secret).hex
    }

    private func isGenuine(_ request: Request, _ secret: [UInt8]) -> Bool {
        guard let form = QueryItems(request.body, limit: 10) else { return false }
        let site = request.headers["sec-fetch-site"]
        return ConstantTime.isEqual(Array((form["csrf"] ?? "").utf8), Array(csrf(secret).utf8))
            && (site == nil || site == "same-origin" || site == "none")
    }

    /// The link itself. A GET, as mail scanners make them, consumes nothing.
    private func link(_ text: String, _ request: Request) async throws -> Response {
        guard let token = Hex.decode(text), token.count == 16,
            let found = try await find({ $0.get(PortalSession.self, Key().adding(token)) })
        else { return TroublePages.notFound().response }
        let merchant = MerchantView(found.application, logoPath: "")
        guard found.session.consumedAt == nil else { return PortalPages.spent(merchant: merchant).response }
        guard request.method == .post else {
            return PortalPages.open(
                merchant: merchant, openPath: "/portal/" + text, csrf: csrf(token),
                isTest: found.application.mode == .test
            ).response
        }
        guard isGenuine(request, token) else {
            return TroublePages.staleForm(merchant: merchant, backPath: "/portal/" + text).response
        }
        let ledger = engine.ledger
        let opened = try await engine.store.transact { transaction -> [UInt8]? in
            guard var session = transaction.get(PortalSession.self, Key().adding(token)), session.consumedAt == nil
            else { return nil }
            session.consumedAt = transaction.now
            session.session = Blob(transaction.random(16, purpose: "portal session"))
            transaction.put(session)
            ledger.audit(
                "portal_session.open", on: session.customer.description, application: session.application, by: .buyer,
                in: transaction)
            return session.session.bytes
        }
        guard let opened else { return PortalPages.spent(merchant: merchant).response }
        return PageAnswers.seeOther("/portal/session/" + Hex.encode(opened))
    }

    private func session(_ text: String, _ parts: [String], _ request: Request) async throws -> Response {
        guard let secret = Hex.decode(text), secret.count == 16,
            let found = try await find({ $0.first(PortalSession.bySession, Key().adding(secret)) })
        else { return TroublePages.notFound().response }
        let base = "/portal/session/" + text
        let query = QueryItems(request.query, limit: 5) ?? QueryItems()
        let view = PortalView(
            merchant: MerchantView(found.application, logoPath: ""), customerEmail: found.customer.email ?? "",
            basePath: base, csrf: csrf(secret), cards: found.methods.map(Self.card),
            notice: query["notice"] == "removed" ? .cardRemoved : nil, isTest: found.application.mode == .test)
        guard let first = parts.first else { return PortalPages.account(view).response }
        guard first == "cards", parts.count == 3, let id = PaymentMethodID(parts[1]),
            let method = found.methods.first(where: { $0.id == id }),
            parts[2] == "remove" || (parts[2] == "default" && request.method == .post)
        else { return TroublePages.notFound().response }
        guard request.method == .post else {
            return PortalPages.confirmRemoval(view, card: Self.card(method)).response
        }
        guard isGenuine(request, secret) else {
            return TroublePages.staleForm(merchant: view.merchant, backPath: base).response
        }
        if parts[2] == "default" {
            try await makeDefault(method, found)
            return PageAnswers.seeOther(base)
        }
        try await remove(method, found)
        return PageAnswers.seeOther(base + "?notice=removed")
    }

    private func makeDefault(_ method: PaymentMethod, _ found: Found) async throws {
        let ledger = engine.ledger
        _ = try await engine.store.transact(for: found.application.id) { transaction in
            var patch = CustomerPatch()
            patch.defaultPaymentMethod = .set(method.id)
            return try Customers(ledger).update(
                found.customer.id, patch, application: found.application, by: .buyer, in: transaction)
        }
    }

    /// Removes a saved method here, durably, and then at its gateway.
    private func remove(_ method: PaymentMethod, _ found: Found) async throws {
        try await engine.removeMethod(
            method.id, of: found.customer.id, application: found.application.id, by: .buyer)
    }

    private static func card(_ method: PaymentMethod) -> PortalView.Card {
        var expiry = ""
        if let month = method.expiryMonth, let year = method.expiryYear {
            expiry = (month < 10 ? "0" : "") + "\(month)/\(year)"
        }
        return PortalView.Card(
            id: method.id.description, brand: method.brand ?? method.type, last4: method.last4 ?? "",
            expiryText: expiry, isDefault: method.isDefault)
    }
}
