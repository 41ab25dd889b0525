import Billing
import Bytes
import Fields
package import Gateways
package import HTTP
package import Runtime
import Storage

/// Answers the customer portal: `/portal/{token}` opens a one-time link by a POST, which leads to
/// `/portal/session/{session}`, where the customer sees invoices, cards and subscriptions, and changes what the
/// merchant allows, until the link's time is over.
package final class PortalHandler: Sendable {
    let engine: PaymentEngine
    let doors: Doors
    /// Each act leaves rows behind, so that one session has a bounded number of them.
    private let limiter = PageLimiter(limit: 60, seconds: 60)

    package init(engine: PaymentEngine, doors: Doors) {
        self.engine = engine
        self.doors = doors
    }

    /// The answer, or nil when the path is not of the portal.
    package func handle(_ request: Request) async -> Response? {
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard parts.first == "portal", parts.count >= 2 else { return nil }
        let language = Language(for: request)
        do {
            if parts[1] == "session", parts.count >= 3 {
                return try await session(parts[2], Array(parts.dropFirst(3)), request)
            }
            let isLogo = parts.dropFirst(2).elementsEqual(["logo"])
            guard parts.count == 2 || isLogo else { return TroublePages.notFound(language).response }
            return try await link(parts[1], isLogo: isLogo, request)
        } catch let refusal as Billing.Refusal {
            return PageAnswers.trouble(refusal, language, path: request.path)
                ?? TroublePages.unavailable(language, retryPath: request.path).response
        } catch {
            doors.log.write(.error, "portal_failed", [("error", "\(error)")])
            return TroublePages.unavailable(language, retryPath: request.path).response
        }
    }

    private func proof(_ secret: [UInt8]) -> FormProof { FormProof("portal", secret, engine.ledger.vault) }

    private func find(
        _ secret: [UInt8], _ body: @escaping @Sendable (Snapshot) -> PortalSession?
    ) async throws -> PortalVisit? {
        let now = doors.clock.now()
        let ledger = engine.ledger
        return try await engine.store.read { snapshot in
            guard let session = body(snapshot), session.expiresAt > now,
                let application = snapshot.get(Application.self, Key(session.application)),
                let customer = snapshot.get(Customer.self, Key(session.customer)), customer.deletedAt == nil
            else { return nil }
            return PortalVisit(session, secret, application, customer, ledger: ledger, in: snapshot)
        }
    }

    /// The link itself. A GET, as mail scanners make them, consumes nothing.
    private func link(_ text: String, isLogo: Bool, _ request: Request) async throws -> Response {
        let language = Language(for: request)
        guard let token = Hex.decode(text), token.count == 16,
            let found = try await find(token, { $0.get(PortalSession.self, Key(token)) })
        else { return TroublePages.notFound(language).response }
        if isLogo { return PageAnswers.logo(found.application) ?? TroublePages.notFound(language).response }
        let merchant = MerchantView(found.application, logoPath: "/portal/\(text)/logo")
        guard found.session.consumedAt == nil else {
            return PortalPages.spent(language: language, merchant: merchant).response
        }
        guard request.method == .post else {
            return PortalPages.open(
                language: language, merchant: merchant, openPath: "/portal/" + text, csrf: proof(token).token,
                isTest: found.application.mode == .test
            ).response
        }
        guard let form = QueryItems(request.body, limit: 10), proof(token).isBorne(by: form, request) else {
            return TroublePages.staleForm(language, merchant: merchant, backPath: "/portal/" + text).response
        }
        let ledger = engine.ledger
        let opened = try await engine.store.transact { transaction -> [UInt8]? in
            guard var session = transaction.get(PortalSession.self, Key(token)), session.consumedAt == nil
            else { return nil }
            session.consumedAt = transaction.now
            session.session = Blob(transaction.random(16, purpose: "portal session"))
            transaction.put(session)
            ledger.audit(
                "portal_session.open", on: session.customer.description, application: session.application, by: .buyer,
                in: transaction)
            return session.session.bytes
        }
        guard let opened else { return PortalPages.spent(language: language, merchant: merchant).response }
        return PageAnswers.seeOther("/portal/session/" + Hex.encode(opened))
    }

    private func session(_ text: String, _ parts: [String], _ request: Request) async throws -> Response {
        let language = Language(for: request)
        guard let secret = Hex.decode(text), secret.count == 16,
            let visit = try await find(secret, { $0.first(PortalSession.bySession, Key(secret)) })
        else { return TroublePages.notFound(language).response }
        let query = QueryItems(request.query, limit: 5) ?? QueryItems()
        let notice = query["notice"].flatMap(PortalView.Notice.init(rawValue:))
        let view = visit.view(language, notice: notice, proof: proof(secret))
        guard request.method == .post else {
            guard request.method == .get || request.method == .head else {
                return TroublePages.notFound(language).response
            }
            return try await show(parts, query, visit, view)
        }
        guard let form = QueryItems(request.body, limit: 10), proof(secret).isBorne(by: form, request) else {
            return TroublePages.staleForm(language, merchant: view.merchant, backPath: visit.path).response
        }
        guard limiter.allows(secret, now: doors.clock.instant()) else {
            return TroublePages.tooMany(language, retryPath: visit.path, retryAfterSeconds: 60).response
        }
        do {
            return try await act(parts, form, visit, view)
        } catch let refusal as Billing.Refusal {
            // The account shows how things stand; what could not be done is said over it.
            guard refusal.code != .unavailable else { throw refusal }
            return PageAnswers.seeOther(visit.path + "?notice=refused")
        }
    }

    private func show(
        _ parts: [String], _ query: QueryItems, _ visit: PortalVisit, _ view: PortalView
    ) async throws -> Response {
        let notFound = TroublePages.notFound(view.language).response
        if parts.isEmpty { return PortalPages.account(view).response }
        if parts == ["logo"] { return PageAnswers.logo(visit.application) ?? notFound }
        guard parts.count == 3 else { return notFound }
        switch (parts[0], parts[2]) {
        case ("cards", "remove"):
            guard let card = view.cards.first(where: { $0.id == parts[1] }) else { return notFound }
            return PortalPages.confirmRemoval(view, card: card).response
        case ("subscriptions", let act):
            guard let subscription = visit.subscription(parts[1]), subscription.status != .cancelled,
                let shown = view.subscriptions.first(where: { $0.id == parts[1] })
            else { return notFound }
            switch act {
            case "cancel" where visit.allowsCancel(subscription):
                return PortalPages.confirmCancellation(
                    view, subscription: shown, endsAt: Self.paidUntil(subscription)
                ).response
            case "card" where subscription.collection == .automatic:
                return PortalPages.chooseCard(
                    view, subscription: shown,
                    charged: visit.chargedMethod(of: subscription)?.id.description
                ).response
            case "plan" where visit.allowsPlanChange(subscription):
                return try await plans(subscription, shown, to: query["to"], visit, view)
            default: return notFound
            }
        default: return notFound
        }
    }

    /// The end of what was paid for; nil for one that ends at once when it is cancelled.
    private static func paidUntil(_ subscription: Subscription) -> Timestamp? {
        switch subscription.status {
        case .trialing: subscription.trialEnd
        case .active, .pastDue: subscription.billingEnd
        case .scheduled, .incomplete, .paused, .cancelled: nil
        }
    }
}
