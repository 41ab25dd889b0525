import Billing
import Bytes
import Fields
package import Gateways
package import HTTP
package import Runtime
import Storage

/// Answers the pages on which a method is saved: `/setup/{token}` and below. Every step is a plain form, as at a
/// checkout.
package final class SetupHandler: Sendable {
    let engine: PaymentEngine
    let doors: Doors
    private let limiter = PageLimiter(limit: 10, seconds: 60)

    package init(engine: PaymentEngine, doors: Doors) {
        self.engine = engine
        self.doors = doors
    }

    /// The answer, or nil when the path is not of such a page.
    package func handle(_ request: Request) async -> Response? {
        PageAnswers.keepingLanguage(await answer(request), of: request)
    }

    private func answer(_ request: Request) async -> Response? {
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard parts.first == "setup", parts.count >= 2 else { return nil }
        let language = Language(for: request)
        guard let token = Hex.decode(parts[1]), token.count == 16, parts.count <= 4,
            parts[1].utf8.allSatisfy({ $0 < 0x41 || $0 > 0x46 })
        else { return TroublePages.notFound(language).response }
        let path = "/setup/" + parts[1]
        do {
            guard let found = try await engine.setup(token) else { return TroublePages.notFound(language).response }
            var visit = SetupVisit(found, token: token, language: language, isFresh: Self.isFresh(request), engine)
            visit.view.paths.asked = Language.asked(in: request)
            return try await route(visit, parts.count > 2 ? parts[2] : nil, request)
        } catch let refusal as Billing.Refusal {
            // Whatever was refused, the page's own address says where things stand.
            return PageAnswers.trouble(refusal, language, path: path) ?? PageAnswers.seeOther(path)
        } catch {
            doors.log.write(.error, "setup_page_failed", [("error", "\(error)")])
            return TroublePages.unavailable(language, retryPath: path).response
        }
    }

    private static func isFresh(_ request: Request) -> Bool {
        QueryItems(request.query, limit: 20)?["step"] == "done"
    }

    private func route(_ visit: SetupVisit, _ part: String?, _ request: Request) async throws -> Response {
        switch (request.method, part) {
        case (.get, nil), (.head, nil): return statePage(visit)
        case (.get, "status"), (.head, "status"): return PageAnswers.state(visit.state.word)
        case (.get, "logo"), (.head, "logo"):
            return PageAnswers.logo(visit.found.application) ?? TroublePages.notFound(visit.view.language).response
        case (.get, "pay"), (.head, "pay"), (.get, "challenge"), (.head, "challenge"): return stepPage(visit)
        case (.get, "return"), (.head, "return"): return try await returned(visit)
        case (.get, "back"), (.head, "back"): return PageAnswers.seeOther(visit.view.paths.page)
        case (.post, let act?): return try await post(act, visit, request)
        default: return TroublePages.notFound(visit.view.language).response
        }
    }

    private func post(_ act: String, _ visit: SetupVisit, _ request: Request) async throws -> Response {
        let view = visit.view
        guard let form = QueryItems(request.body, limit: 20), visit.proof.isBorne(by: form, request) else {
            return TroublePages.staleForm(view.language, merchant: view.merchant, backPath: view.paths.page).response
        }
        switch act {
        case "pay":
            guard limiter.allows(visit.token, now: doors.clock.instant()) else {
                throw Billing.Refusal(.rateLimited, "Too many tries.", retryAfterSeconds: 60)
            }
            return try await save(visit, form)
        case "wallet", "challenge": return try await decide(visit, form)
        default: return TroublePages.notFound(view.language).response
        }
    }

    /// The customer came back from a gateway's page. Whatever the address says is no proof: the gateway is asked.
    private func returned(_ visit: SetupVisit) async throws -> Response {
        let page = PageAnswers.seeOther(visit.view.paths.page)
        guard visit.isUsable, limiter.allows(visit.token, now: doors.clock.instant()) else { return page }
        let step = try await engine.setupReturned(visit.token, by: .buyer)
        if case .buyer = step { return page }
        return follow(step, visit)
    }

    /// The customer chose a method; with the sandbox's card fields filled in, the card is saved in the same act.
    private func save(_ visit: SetupVisit, _ form: QueryItems) async throws -> Response {
        guard visit.isUsable, let name = form["method"],
            let method = visit.view.methods.first(where: { $0.gateway == name })
        else { return PageAnswers.seeOther(visit.view.paths.page) }
        guard method.kind == .card else {
            return follow(try await engine.beginSetup(visit.token, gateway: name, by: .buyer), visit)
        }
        let entered = CardEntry(form, now: visit.found.now)
        guard let card = entered.card else {
            var view = visit.view
            view.chosenMethod = name
            view.cardForm.holderName = entered.holder
            view.cardForm.expiry = entered.expiry
            view.cardForm.problems = entered.problems
            view.cardForm.isRepeated = true
            return CheckoutPages.choose(view).response
        }
        let step = try await engine.beginSetup(visit.token, gateway: name, by: .buyer)
        guard case .buyer(let url) = step, !url.containsText("/challenge/"),
            let attempt = try await engine.setup(visit.token)?.setup.flow.currentAttempt, attempt.gateway == name
        else { return follow(step, visit) }
        let next = try await engine.submitSetup(visit.token, attempt: attempt.number, .card(card), by: .buyer)
        return follow(next, visit)
    }

    /// The customer decided on a wallet's or a bank's page.
    private func decide(_ visit: SetupVisit, _ form: QueryItems) async throws -> Response {
        guard let attempt = visit.found.setup.flow.currentAttempt, attempt.status == .requiresAction,
            let gateway = visit.found.gateways.first(where: { $0.gateway == attempt.gateway }),
            GatewaySettings.isSandbox(adapter: gateway.adapter)
        else { return PageAnswers.seeOther(visit.view.paths.page) }
        let instrument: Instrument = form["decision"] == "approve" ? .approval : .refusal
        return follow(
            try await engine.submitSetup(visit.token, attempt: attempt.number, instrument, by: .buyer), visit)
    }

    /// Where an act leads: on to a page of ours, or off the site by a page that says so.
    private func follow(_ step: NextStep, _ visit: SetupVisit) -> Response {
        switch step {
        case .buyer(let url):
            let ours = engine.ledger.links.publicURL
            guard url.hasPrefix(ours + "/setup/") else {
                return CheckoutPages.leaving(visit.view, to: url, place: URL(url)?.host ?? url).response
            }
            return PageAnswers.seeOther(String(url.dropFirst(ours.count)))
        case .completed: return PageAnswers.seeOther(visit.view.paths.page + "?step=done")
        case .declined, .confirming, .unavailable: return PageAnswers.seeOther(visit.view.paths.page)
        }
    }
}
